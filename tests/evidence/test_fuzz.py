"""No payload makes a probe crash, read past the payload's end, or take more steps than its length allows."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence.probe import GROUP, NOTHING, SCTP, START, TCP, UDP, Answer, Probe, tcp
from annotator.evidence.probes import probes
from annotator.kernel.cache import INTERPRETED
from annotator.kernel.load import be32, u8, view
from tests.conftest import REPOSITORY, find_shared
from tests.evidence import fuzz

QUICK = 20_000 if INTERPRETED else 300_000
LONG, LONG_GUIDED = 10_000_000, 200_000


def run(*options: str) -> str:
    """Run the program as a person would; gives what it says."""
    command = [sys.executable, "-m", "tests.evidence.fuzz", *options]
    done = subprocess.run(command, cwd=REPOSITORY, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def parents() -> fuzz.Parents:
    """Seeds from a sample in which many protocols speak, and from the signatures."""
    return fuzz.seeds([REPOSITORY / "samples" / "services.pcapng", REPOSITORY / "samples" / "transfers.pcapng"])


def test_every_probe_has_seeds(parents: fuzz.Parents) -> None:
    """Those that nothing in the captures was nominated for begin with what fits their signatures."""
    assert all(parents)
    names = [probe.name for probe in probes()]
    assert len(parents[names.index("ldap")]) > len(fuzz.signature_seed(probes()[names.index("ldap")]))


def test_compiled_probes_survive_mutated_payloads(parents: fuzz.Parents) -> None:
    """In the loops that look at captures."""
    assert fuzz.storm(parents, QUICK) > QUICK * 0.9


def test_interpreted_probes_survive_and_their_steps_are_bounded(tmp_path: Path, parents: fuzz.Parents) -> None:
    """Guided by the lines that payloads reach."""
    fuzz.write_seeds(parents, tmp_path / "seeds.json")
    assert "guided executions" in run("--guided", "12000", "--seeds", str(tmp_path / "seeds.json"))


@given(
    probe=st.sampled_from(probes()),
    transport=st.sampled_from((TCP, UDP, SCTP)),
    bits=st.sampled_from((0, START, GROUP, START | GROUP)),
    payload=st.binary(min_size=1, max_size=200),
    begins=st.integers(0, 20),
    more=st.sampled_from((0, 1, 1000)),
)
def test_no_bytes_are_too_strange(
    probe: Probe, transport: int, bits: int, payload: bytes, begins: int, more: int
) -> None:
    """Any bytes, half of them behind what fits a signature: an answer comes, and it is a known one."""
    seeds = fuzz.signature_seed(probe)
    if begins < len(seeds):
        payload = seeds[begins][1] + payload
    data = np.frombuffer(payload, np.uint8)
    verdict, at, length = probe.confirm(view(data), 0, len(data), len(data) + more, transport | bits)
    assert verdict >= 0
    if verdict & 3 > 1:
        assert (verdict >> 4) & 63 < len(probe.bases)
        assert length <= 0 or 0 <= at < len(data) + more


def reads_on(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Forget to check the length."""
    return NOTHING if u8(data, i) != 7 or be32(data, i + 4) else (3, i, 1)


def test_a_load_past_the_end_is_found() -> None:
    """A probe that forgets to check is told by its name and the payload."""
    probe = Probe("careless", "", (), ("basis",), (tcp(b"\x07"),), reads_on)
    with pytest.raises(AssertionError, match=r"careless: IndexError.* for 07"):
        fuzz.Asker(0, (probe,), [(TCP, b"\x07" + bytes(9))]).storm(10_000, 1)


def test_a_seed_survives_its_file(tmp_path: Path) -> None:
    """Another process gets just the same."""
    parents = [[(TCP, b"\0\xff"), (UDP, b"x")], []]
    fuzz.write_seeds(parents, tmp_path / "seeds.json")
    assert fuzz.read_seeds(tmp_path / "seeds.json") == parents


@pytest.mark.slow
def test_the_long_storm() -> None:
    """Ten million executions compiled, and 200,000 guided by coverage, from real captures where they are."""
    assert fuzz.captures()
    assert find_shared() is None or len(fuzz.captures()) > 300
    said = run("--count", str(LONG), "--guided", str(LONG_GUIDED))
    assert "guided executions" in said
