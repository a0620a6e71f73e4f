"""Captures that are still being written: files that grow, named pipes and standard input fed bit by bit."""

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP

from annotator.capture import open_capture
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.capture.writing import ORDERS, enhanced, interface, issues, packets, pcap_header, pcap_record, section
from tests.cli.test_main import ANNOTATE
from tests.conftest import REPOSITORY
from tests.decode.decoding import ether
from tests.dump import plain

COUNT = 40
HEADS: dict[str, Callable[[str], bytes]] = {
    "pcap": pcap_header,
    "pcapng": lambda order: section(order) + interface(order),
}


def frame(number: int) -> bytes:
    """A segment of one flow, as long as its number asks."""
    return bytes(
        ether() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=40000, dport=80, flags="A", seq=number) / bytes(number)
    )


def record(kind: str, order: str, number: int) -> bytes:
    """The record of a frame, in either format."""
    if kind == "pcap":
        return pcap_record(order, frame(number), seconds=1000 + number)
    return enhanced(order, frame(number), (1000 + number) * 10**6)


def pieces(kind: str, order: str, size: int) -> Iterator[bytes]:
    """A whole capture, cut regardless of its records."""
    data = HEADS[kind](order) + b"".join(record(kind, order, number) for number in range(COUNT))
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("there", [0, 1, 7, 15, 16, 27, 28, 33])
def test_a_file_that_grows_gives_the_whole_records_that_are_there(
    tmp_path: Path, kind: str, order: str, there: int
) -> None:
    """Of the record being written `there` bytes are: the ones before it are given, and that is all that is said."""
    path = tmp_path / "growing"
    begun = record(kind, order, 9)
    path.write_bytes(HEADS[kind](order) + record(kind, order, 5) + begun[:there])
    source = open_capture(str(path))
    assert [packet.data for packet in packets(source)] == [frame(5)]
    assert issues(source) == ({"file_truncated": (1, 2)} if there else {})
    assert source.complete == (there == 0)
    path.write_bytes(path.read_bytes() + begun[there:])
    later = open_capture(str(path))
    assert [packet.data for packet in packets(later)] == [frame(5), frame(9)]
    assert issues(later) == {}


@pytest.mark.parametrize("kind", HEADS)
def test_a_file_that_grows_while_it_is_read(tmp_path: Path, kind: str) -> None:
    """However far the writer is when the reader comes to the end, what is given is the beginning of the capture."""
    path = tmp_path / "growing"
    whole = [frame(number) for number in range(COUNT)]
    parts = list(pieces(kind, "<", 97))
    path.write_bytes(parts[0])
    done = threading.Event()

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            for part in parts[1:]:
                file.write(part)
                time.sleep(0.001)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    while not done.is_set():
        source = open_capture(str(path))
        found = [packet.data for packet in packets(source)]
        assert found == whole[: len(found)]
        assert issues(source).keys() <= {"file_truncated"}
        assert source.complete == (not source.issues)
        counts.append(len(found))
    writer.join()
    assert counts == sorted(counts)
    assert [packet.data for packet in packets(open_capture(str(path)))] == whole


def feed(descriptor: Any, kind: str, order: str, size: int) -> None:
    """Write a capture in pieces with pauses, as a sniffer that flushes each packet does."""
    with descriptor as pipe:
        for part in pieces(kind, order, size):
            pipe.write(part)
            pipe.flush()
            time.sleep(0.001)


def report(made: bytes) -> tuple[int, int, list[int]]:
    """Give packets read and decoded, and those of each flow, from a JSON report."""
    found = json.loads(made)
    (capture,) = found["captures"]
    counts = [flow["initiator_packets"] + flow["responder_packets"] for flow in found["flows"]]
    return capture["packets_read"], capture["packets_decoded"], counts


@pytest.mark.parametrize(("kind", "order"), [("pcap", "<"), ("pcapng", ">")])
def test_a_named_pipe_fed_bit_by_bit(tmp_path: Path, kind: str, order: str) -> None:
    """The whole command reads a pipe to its end, wherever the writer's pieces end."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with subprocess.Popen([*ANNOTATE, path, "--format", "json", "--flows"], stdout=subprocess.PIPE) as process:
        feed(path.open("wb"), kind, order, 61)
        made, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert report(made) == (COUNT, COUNT, [COUNT])


@pytest.mark.parametrize(("kind", "order"), [("pcap", "<"), ("pcapng", ">")])
def test_standard_input_fed_bit_by_bit(kind: str, order: str) -> None:
    """The same of standard input; a writer that dies within a record leaves a partial report, exit code 4."""
    command = [*ANNOTATE, "-", "--format", "json", "--flows"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        feed(process.stdin, kind, order, 1000)
        process.stdin = None
        made, _ = process.communicate(timeout=60)
    assert (process.returncode, report(made)) == (0, (COUNT, COUNT, [COUNT]))
    cut = b"".join(pieces(kind, order, 1 << 20))[:-5]
    ended = subprocess.run(command, input=cut, capture_output=True, check=False)
    assert (ended.returncode, report(ended.stdout)) == (4, (COUNT - 1, COUNT - 1, [COUNT - 1]))


def test_a_pipe_closed_before_its_header_is_an_error(tmp_path: Path) -> None:
    """Nothing was captured, or not even a header: one line, and exit code 3."""
    for data in (b"", pack("<I", 0xA1B2C3D4) + bytes(10)):
        ended = subprocess.run([*ANNOTATE, "-"], input=data, capture_output=True, check=False)
        assert ended.returncode == 3
        lines = [line for line in ended.stderr.splitlines() if b"preparing kernels" not in line]
        assert len(lines) == 1
        assert b"-: " in lines[0]


def rows(path: Path, data: bytes) -> tuple[dict[str, Any], set[str]]:
    """Give the flows of a capture, and the names of its issues."""
    path.write_bytes(data)
    analysis = analyse([str(path)], Settings())
    return plain(analysis)["flows"], {issue.name for issue in analysis.issues}


@given(kind=st.sampled_from(sorted(HEADS)), order=st.sampled_from(ORDERS), data=st.data())
@settings(max_examples=25)
def test_any_prefix_gives_the_rows_of_its_whole_packets(kind: str, order: str, data: st.DataObject) -> None:
    """Real traffic, cut anywhere: the report is that of the packets before the cut, and one truncation at the most."""
    made = HEADS[kind](order)
    ends = [len(made)]
    for packet in packets(open_capture(str(REPOSITORY / "samples" / "office.pcapng")))[:400]:
        seconds, rest = divmod(packet.ts_ns, 10**9)
        if kind == "pcap":
            made += pcap_record(order, packet.data, seconds=seconds, fraction=rest // 1000, wire=packet.wire)
        else:
            made += enhanced(order, packet.data, packet.ts_ns // 1000, wire=packet.wire)
        ends.append(len(made))
    cut = data.draw(st.integers(ends[0], len(made)))
    whole = max(end for end in ends if end <= cut)
    with tempfile.TemporaryDirectory() as folder:
        expected, without = rows(Path(folder) / "whole", made[:whole])
        found, issues_of_cut = rows(Path(folder) / "cut", made[:cut])
    assert found == expected
    assert issues_of_cut - without == ({"file_truncated"} if cut != whole else set())
