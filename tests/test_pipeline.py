"""The whole data path: the same answer every time, everywhere, compiled or not; several captures; damage."""

import dataclasses
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from scapy.layers.inet import ICMP, IP, TCP, IPerror, UDPerror
from scapy.layers.l2 import ARP

from annotator import pipeline
from annotator.errors import InputError
from annotator.model import Analysis, Flows, Outcome
from annotator.pipeline import analyse
from annotator.related import relate
from annotator.settings import Settings
from annotator.shares import Shares
from tests.capture.writing import pcap_record
from tests.conftest import REPOSITORY
from tests.decode.decoding import ether
from tests.dump import dump
from tests.witness.index import listed
from tests.written import udp, write

SAMPLES = sorted(str(path) for path in (REPOSITORY / "samples").glob("*.pcap*"))


def elsewhere(tmp_path: Path, paths: list[str], **environment: str) -> list[dict[str, Any]]:
    """Dump captures in a process of its own."""
    out = tmp_path / "dump.json"
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), **environment}
    run = subprocess.run(
        [sys.executable, "-m", "tests.dump", str(out), *paths], env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    result: list[dict[str, Any]] = json.loads(out.read_text())
    return result


def same(one: list[dict[str, Any]], other: list[dict[str, Any]], paths: list[str]) -> None:
    """Compare dumps part by part, so that a difference names its capture and column."""
    assert len(one) == len(other) == len(paths)
    for here, there, path in zip(json.loads(json.dumps(one)), other, paths, strict=True):
        for name in here["flows"]:
            assert here["flows"][name] == there["flows"][name], (path, name)
        assert here == there, path


def test_the_samples_are_here() -> None:
    """The tests below have something to compare."""
    assert len(SAMPLES) >= 10


def test_compiled_and_interpreted_runs_agree_on_the_samples(tmp_path: Path) -> None:
    """Every column of every flow, every issue and account: with Numba and as plain Python."""
    same(dump(SAMPLES), elsewhere(tmp_path, SAMPLES, NUMBA_DISABLE_JIT="1"), SAMPLES)


def test_compiled_and_interpreted_runs_agree_on_real_captures(shared: Path, tmp_path: Path) -> None:
    """The same for the few real captures that cover most, as far as they are short."""
    paths = [str(c.path) for c in listed(shared) if c.core and c.packets is not None and c.packets <= 1000]
    assert len(paths) >= 30
    same(dump(paths), elsewhere(tmp_path, paths, NUMBA_DISABLE_JIT="1"), paths)


def test_time_zone_locale_and_hash_seed_do_not_matter(tmp_path: Path) -> None:
    """The same capture gives the same on another machine: another zone, another locale, another process."""
    there = elsewhere(
        tmp_path, SAMPLES[:4], TZ="Pacific/Chatham", LC_ALL="tr_TR.UTF-8", LANG="tr_TR.UTF-8", PYTHONHASHSEED="12345"
    )
    same(dump(SAMPLES[:4]), there, SAMPLES[:4])


def test_the_same_capture_twice_gives_equal_arrays() -> None:
    """Every array is equal, though the keys of all hash tables were drawn anew."""
    for path in SAMPLES:
        one, two = analyse([path]), analyse([path])
        for field in dataclasses.fields(Flows):
            here, there = getattr(one.flows, field.name), getattr(two.flows, field.name)
            if field.name == "tunnel":  # a keyed hash, whose text is what counts
                here, there = ([run.tunnels.get(t, "") for t in run.flows.tunnel.tolist()] for run in (one, two))
                assert here == there
            else:
                assert np.array_equal(here, there), (path, field.name)
        assert one.issues == two.issues
        assert one.captures == two.captures
        assert one.options == two.options


def test_captures_are_one_table_in_order_of_time(tmp_path: Path) -> None:
    """A flow that goes on in the next file is one flow; each capture has its own summary and issues."""
    late = write(tmp_path / "a.pcap", (130, udp(data=b"late")), (131, ether() / ARP(psrc="10.0.0.1")))
    early = write(tmp_path / "b.pcap", (100, udp(data=b"early")))
    analysis = analyse([late, early])
    assert [Path(capture.name).name for capture in analysis.captures] == ["b.pcap", "a.pcap"]
    assert [capture.packets_read for capture in analysis.captures] == [1, 2]
    assert [capture.stopped["not_ip"] for capture in analysis.captures] == [0, 1]
    assert analysis.flows.initiator_packets.tolist() == [2]
    assert analysis.flows.capture.tolist() == [0]


def test_captures_far_apart_do_not_join(tmp_path: Path) -> None:
    """The same ends a day later are another flow, however the files are named."""
    paths = [write(tmp_path / name, (second, udp())) for name, second in (("a.pcap", 100_000), ("b.pcap", 10))]
    assert len(analyse(paths).flows) == 2


def test_refusals_are_tied_to_the_flow_that_they_quote(tmp_path: Path) -> None:
    """An ICMP error marks its flow as refused or prohibited; it is a flow of its own too."""
    quoted = IPerror(src="10.0.0.1", dst="10.0.0.2") / UDPerror(sport=40000, dport=7214)
    refusal = ether() / IP(src="10.0.0.2", dst="10.0.0.1") / ICMP(type=3, code=3) / quoted
    wall = ether() / IP(src="10.0.0.9", dst="10.0.0.1") / ICMP(type=3, code=13) / quoted
    for error, outcome in ((refusal, Outcome.REFUSED), (wall, Outcome.PROHIBITED)):
        flows = analyse([write(tmp_path / "a.pcap", (0, udp()), (1, error))]).flows
        assert len(flows) == 2
        assert Outcome(flows.outcome[0]) is outcome


def test_a_damaged_capture_gives_its_good_prefix(tmp_path: Path) -> None:
    """Packets before the damage are flows, the summary says where and why, and the issue has a frame."""
    path = tmp_path / "a.pcap"
    write(path, (0, udp()), (1, udp()))
    path.write_bytes(path.read_bytes() + pcap_record("<", bytes(100))[:60])
    analysis = analyse([str(path)])
    (capture,) = analysis.captures
    assert (capture.packets_read, capture.packets_decoded, capture.complete) == (2, 2, False)
    assert "cut short" in capture.note
    assert [(issue.name, issue.first_frame) for issue in analysis.issues] == [("file_truncated", 3)]
    assert analysis.flows.initiator_packets.tolist() == [2]


def test_one_bad_name_among_several_stops_before_any_work(tmp_path: Path) -> None:
    """What cannot be read at all is told at once, not after an hour of reading the others."""
    good = write(tmp_path / "a.pcap", (0, udp()))
    seen: list[int] = []
    with pytest.raises(InputError, match="no such file"):
        analyse([good, str(tmp_path / "missing.pcap")], progress=lambda *_: seen.append(1))
    assert not seen


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    """Bytes and packets only grow, from 0 to all of all captures."""
    paths = [write(tmp_path / f"{n}.pcap", *[(n, udp())] * 50) for n in range(3)]
    calls: list[tuple[int, int | None, int]] = []
    analyse(paths, progress=lambda *call: calls.append(call))
    total = sum(Path(path).stat().st_size for path in paths)
    assert calls[0] == (0, total, 0)
    assert calls[-1] == (total, total, 150)
    assert calls == sorted(calls, key=lambda call: (call[0], call[2]))


def test_a_flow_table_of_many_small_flows(tmp_path: Path) -> None:
    """A scan of 65,535 ports is as many flows, each refused, none lost between shards."""
    syn = ether() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=40000, dport=1, flags="S", seq=1)
    base = bytearray(bytes(syn))
    records = []
    for port in range(1, 65536):
        base[36:38] = port.to_bytes(2, "big")
        records.append((0, bytes(base)))
    flows = analyse([write(tmp_path / "scan.pcap", *records)]).flows
    assert len(flows) == 65535
    assert sorted(flows.responder_port.tolist()) == list(range(1, 65536))
    assert set(flows.outcome.tolist()) == {Outcome.NO_ANSWER}
    assert flows.first_frame.tolist() == list(range(1, 65536))


def test_rows_and_what_was_seen_are_let_go_of_before_the_flows_are_annotated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table's rows and the observer are half of the memory of many flows: nobody holds them any longer."""
    held: list[weakref.ref[Any]] = []
    alive: list[int] = []

    class Watched(Shares):
        def join(self) -> Any:
            held.extend(weakref.ref(share.table) for share in self._shares)
            rows, observer = super().join()
            held.extend((weakref.ref(rows), weakref.ref(observer)))
            return rows, observer

    def watched(*columns: Any) -> Any:
        alive.append(sum(each() is not None for each in held))
        return relate(*columns)

    monkeypatch.setattr(pipeline, "Shares", Watched)
    monkeypatch.setattr(pipeline, "relate", watched)
    assert len(analyse([write(tmp_path / "a.pcap", (0, udp()))]).flows) == 1
    assert (len(held), alive) == (3, [0])


def test_a_pipe_is_not_opened_again_for_a_closer_look(tmp_path: Path) -> None:
    """Nobody writes to it a second time: the run ends, and says that there is no opinion."""
    written, pipe = tmp_path / "a.pcap", tmp_path / "pipe"
    write(written, (0, udp(data=bytes(40))))
    os.mkfifo(pipe)
    writer = Thread(target=lambda: pipe.write_bytes(written.read_bytes()))
    writer.start()
    found: list[Analysis] = []
    reader = Thread(target=lambda: found.append(analyse([str(pipe)], Settings(deep=True))), daemon=True)
    reader.start()
    reader.join(60)
    writer.join()
    assert found, "the pipe was opened again, and nobody writes to it"
    assert [(issue.name, issue.partial) for issue in found[0].issues] == [("deep", True)]
