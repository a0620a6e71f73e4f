"""A bundle answers as its probes do, each asked by itself."""

import numpy as np
import pytest

from annotator.evidence import asking
from annotator.evidence.asking import Asker, Pairs
from annotator.evidence.bundle import BUNDLES, compile_bundle, members
from annotator.evidence.observation import OBSERVATION, SIGHTING
from annotator.evidence.probe import START, TCP
from annotator.evidence.probes import probes
from annotator.kernel.cache import INTERPRETED

PAYLOADS = (
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
    b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00",
    b"*1\r\n$4\r\nPING\r\n",
    b"220 mail.example.org ESMTP\r\n",
    b"",
)


def test_every_probe_is_in_one_bundle() -> None:
    numbers = [number for bundle in range(BUNDLES) for number in members(probes(), bundle)]
    assert sorted(numbers) == list(range(len(probes())))


def sightings() -> tuple[np.ndarray, np.ndarray]:
    """Lay the payloads out, as starts of TCP streams."""
    data = np.frombuffer(b"".join(PAYLOADS), np.uint8)
    rows = np.zeros(len(PAYLOADS), SIGHTING)
    ends = np.cumsum([len(payload) for payload in PAYLOADS])
    rows["start"], rows["end"], rows["finish"] = ends - [len(payload) for payload in PAYLOADS], ends, ends
    rows["context"] = TCP | START
    return data, rows


def test_a_bundle_answers_as_its_probes_do() -> None:
    """About all payloads, the probes of the bundle that has ssh."""
    data, rows = sightings()
    number = next(n for n, probe in enumerate(probes()) if probe.name == "ssh")
    numbers = members(probes(), number % BUNDLES)
    count = len(PAYLOADS) - 1  # but the empty one, which nobody nominates
    pairs = Pairs(
        np.tile(np.arange(count), len(numbers)),
        np.repeat(np.array(numbers), count),
        *(np.zeros(count * len(numbers), np.int64) for _ in range(3)),
    )
    begins, ends = np.zeros(len(probes()), np.int64), np.zeros(len(probes()), np.int64)
    for place, probe in enumerate(numbers):
        begins[probe], ends[probe] = place * count, (place + 1) * count
    order = np.arange(count * len(numbers))
    compile_bundle(probes(), number % BUNDLES)(data, np.zeros(1, np.uint8), rows, pairs, order, begins, ends)
    verdicts = {
        (int(protocol), int(sighting)): int(verdict)
        for protocol, sighting, verdict in zip(pairs.protocol, pairs.sighting, pairs.verdict, strict=True)
    }
    assert verdicts[number, 0] & 3 == 3, "the banner is one"
    assert all(verdicts[number, other] == 0 for other in range(1, count)), "and nothing else is"


def answers(monkeypatch: pytest.MonkeyPatch, bundled: bool) -> tuple[list[tuple[int, ...]], set[str]]:
    """Ask about the payloads with all bundles compiled, or none; gives the pairs, and in which ways probes answered."""
    data, rows = sightings()
    ways: set[str] = set()
    compile_bundle, plain_probe = asking.compile_bundle, asking.plain_probe
    monkeypatch.setattr(asking, "compile_bundle", lambda *given: ways.add("bundle") or compile_bundle(*given))
    monkeypatch.setattr(asking, "plain_probe", lambda *given: ways.add("plain") or plain_probe(*given))
    monkeypatch.setattr(asking, "bundle_is_compiled", lambda *_: bundled)
    monkeypatch.setattr(asking, "INTERPRETED", False)
    monkeypatch.setattr(asking, "LOAD_S", 0.0 if bundled else 1e9)
    monkeypatch.setattr(asking, "PATIENCE_S", 1e9)
    pairs = Asker(probes()).ask(data, np.zeros(1, np.uint8), rows, np.zeros(1, OBSERVATION))
    assert len(pairs.sighting)
    return sorted(zip(*(column.tolist() for column in pairs), strict=True)), ways


@pytest.mark.skipif(INTERPRETED, reason="nothing is ever compiled")
@pytest.mark.parametrize(
    ("most_alone", "in_haste", "ways"),
    [(0, False, {"bundle"}), (1 << 30, False, {"alone"}), (0, True, {"alone"})],
)
def test_what_is_compiled_alone_and_what_together(
    monkeypatch: pytest.MonkeyPatch, most_alone: int, in_haste: bool, ways: set[str]
) -> None:
    """Few probes of a bundle are compiled by themselves, then all of it; not while packets are being lost."""
    data, rows = sightings()
    seen: set[str] = set()
    compile_whole, compile_probe = asking.compile_bundle, asking.compile_probe
    monkeypatch.setattr(asking, "compile_bundle", lambda *given: seen.add("bundle") or compile_whole(*given))
    monkeypatch.setattr(asking, "compile_probe", lambda *given: seen.add("alone") or compile_probe(*given))
    for name in ("bundle_is_compiled", "is_compiled"):
        monkeypatch.setattr(asking, name, lambda *_: False)
    monkeypatch.setattr(asking, "plain_seconds", lambda _: 0.0)
    monkeypatch.setattr(asking, "MOST_ALONE", most_alone)
    monkeypatch.setattr(asking, "LOAD_S", 0.0)
    monkeypatch.setattr(asking, "PATIENCE_S", 0.0)
    pairs = Asker(probes(), in_haste).ask(data, np.zeros(1, np.uint8), rows, np.zeros(1, OBSERVATION))
    assert {(probes()[p].name, n) for n, p, v in zip(*pairs[:3], strict=True) if v & 3 == 3} >= {
        ("ssh", 0),
        ("http", 1),
    }
    assert seen == ways


def test_asking_gives_the_same_with_and_without_bundles() -> None:
    """Whether a probe is asked in plain Python or in its bundle is nobody's business but the clock's."""
    given = {}
    for bundled in (False, True):
        with pytest.MonkeyPatch.context() as monkeypatch:
            given[bundled], ways = answers(monkeypatch, bundled)
        assert ways == ({"bundle"} if bundled else {"plain"})
        found = {(probes()[pair[1]].name, pair[0]) for pair in given[bundled] if pair[2] & 3 == 3}
        assert found >= {("ssh", 0), ("http", 1), ("redis", 3)}
        assert not any(sighting == len(PAYLOADS) - 1 for _, sighting in found)
    assert given[True] == given[False]
