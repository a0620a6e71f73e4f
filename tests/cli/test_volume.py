"""Captures made to exhaust: bounded time and memory, a report, and an issue that says what was given up."""

import gzip
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import pytest

from annotator.capture.container import FREE_BYTES
from tests.cli.running import COMMAND

PATIENCE_S: Final = 240
"""A minute is the aim on a machine that has nothing else to do."""
MOST_BYTES: Final = 2_000_000_000
PIECE: Final = 1 << 20
ETHERNET: Final = b"\2" * 6 + b"\4" * 6 + b"\x08\0"


def pcap_header() -> bytes:
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)


def record(frame: bytes, seconds: int = 1_777_885_923) -> bytes:
    return struct.pack("<IIII", seconds, 0, len(frame), len(frame)) + frame


def ipv4(payload: bytes, protocol: int, identification: int = 0, fragment: int = 0) -> bytes:
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0)
    return head + b"\n\0\0\1" + b"\n\xff\0\1" + payload


def one_packet_flows(count: int) -> Iterator[bytes]:
    """So many datagrams, each of another source address."""
    datagram = struct.pack("!HHHH", 40000, 7214, 16, 0) + b"question"
    frame = bytearray(record(ETHERNET + ipv4(datagram, 17)))
    yield pcap_header()
    for start in range(0, count, 4096):
        piece = bytearray()
        for number in range(start, min(start + 4096, count)):
            frame[42:46] = (0x0A000000 + number).to_bytes(4, "big")
            piece += frame
        yield bytes(piece)


def orphans(count: int) -> Iterator[bytes]:
    """So many later fragments, each of another datagram, whose first fragment never comes."""
    frame = bytearray(record(ETHERNET + ipv4(b"fragment", 17, 0, 100)))
    yield pcap_header()
    for start in range(0, count, 4096):
        piece = bytearray()
        for number in range(start, min(start + 4096, count)):
            frame[34:36] = (number & 0xFFFF).to_bytes(2, "big")
            frame[44:46] = (number >> 16).to_bytes(2, "big")
            piece += frame
        yield bytes(piece)


def report_on(
    source: str, tmp_path: Path, feed: Callable[[BinaryIO], None] | None = None
) -> tuple[int, dict[str, Any], str, int]:
    """Run the command; give its exit code, report, standard error and peak memory in bytes."""
    made = tmp_path / "report.json"
    process = subprocess.Popen(
        [*COMMAND, source, "-o", str(made), "--force"],
        stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    watch = threading.Timer(PATIENCE_S, process.kill)
    watch.start()
    try:
        if feed and process.stdin:
            feed(process.stdin)
            process.stdin.close()
        said = process.stderr.read().decode() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        watch.cancel()
    report = json.loads(made.read_bytes()) if made.exists() else {}
    return process.returncode, report, said, usage.ru_maxrss * 1024


def issues(report: dict[str, Any]) -> dict[str, int]:
    return {issue["name"]: issue["count"] for issue in report["issues"]}


def accounted(report: dict[str, Any]) -> int:
    (capture,) = report["captures"]
    assert capture["packets_read"] == capture["packets_decoded"] + capture["packets_stopped"]
    return int(capture["packets_read"])


@pytest.mark.slow
def test_ten_million_flows_of_one_packet(tmp_path: Path) -> None:
    """Two million are kept; the packets of the others are counted, and the report is partial."""
    count = 10_000_000
    script = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from tests.cli.test_volume import one_packet_flows\n"
        f"for piece in one_packet_flows({count}): sys.stdout.buffer.write(piece)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as maker:

        def feed(stdin: BinaryIO) -> None:
            while maker.stdout and (piece := maker.stdout.read(PIECE)):
                stdin.write(piece)

        code, report, said, memory = report_on("-", tmp_path, feed)
    assert (code, said) == (4, "")
    assert accounted(report) == count
    assert report["totals"]["flows"] + issues(report)["flows_given_up"] == count
    assert memory < MOST_BYTES


def test_a_million_fragments_that_never_complete(tmp_path: Path) -> None:
    """They are held back within bounds, then counted as orphans."""
    count = 1_000_000

    def feed(stdin: BinaryIO) -> None:
        for piece in orphans(count):
            stdin.write(piece)

    code, report, said, memory = report_on("-", tmp_path, feed)
    assert (code, said) == (0, "")
    assert accounted(report) == count
    assert issues(report)["fragment_orphan"] == count
    assert memory < MOST_BYTES


def test_a_thousand_tunnels_in_each_other(tmp_path: Path) -> None:
    """Depth is bounded; what is below is given up, and the report says so."""
    packet = struct.pack("!HHHH", 40000, 53, 8, 0)
    packet = ipv4(packet, 17)
    for _ in range(1000):
        packet = ipv4(packet, 4)
    capture = tmp_path / "tunnels.pcap"
    capture.write_bytes(pcap_header() + record(ETHERNET + packet) * 100)
    code, report, said, memory = report_on(str(capture), tmp_path)
    assert (code, said) == (4, "")
    assert accounted(report) == 100
    assert issues(report)["tunnel_depth"] == 100
    assert memory < MOST_BYTES


def block(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


SECTION: Final = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
INTERFACE: Final = block(1, struct.pack("<HHI", 1, 0, 0))


def packet_block(interface: int, frame: bytes) -> bytes:
    body = struct.pack("<IIIII", interface, 0, 1_000_000, len(frame), len(frame)) + frame
    return block(6, body + b"\0" * (-len(body) % 4))


def test_a_hundred_thousand_interfaces(tmp_path: Path) -> None:
    """Each is read, and packets of the last one are decoded."""
    count = 100_000
    frame = ETHERNET + ipv4(struct.pack("!HHHH", 40000, 53, 8, 0), 17)
    capture = tmp_path / "interfaces.pcapng"
    capture.write_bytes(SECTION + INTERFACE * count + packet_block(count - 1, frame) + packet_block(0, frame))
    code, report, said, memory = report_on(str(capture), tmp_path)
    assert (code, said) == (0, "")
    assert accounted(report) == 2
    assert memory < MOST_BYTES


def test_a_block_of_two_gigabytes(tmp_path: Path) -> None:
    """What stands before it is reported; no memory is taken on its word."""
    frame = ETHERNET + ipv4(struct.pack("!HHHH", 40000, 53, 8, 0), 17)
    capture = tmp_path / "block.pcapng"
    capture.write_bytes(
        SECTION + INTERFACE + packet_block(0, frame) + struct.pack("<II", 6, 2_000_000_000) + b"x" * 5000
    )
    code, report, said, memory = report_on(str(capture), tmp_path)
    assert (code, said) == (4, "")
    assert accounted(report) == 1
    assert memory < MOST_BYTES


def test_a_bomb(tmp_path: Path) -> None:
    """Compressed data that expands beyond all captures is given up with a reason."""
    capture = tmp_path / "bomb.pcap.gz"
    member = gzip.compress(record(bytes(60_000)) * 500)
    capture.write_bytes(gzip.compress(pcap_header()) + member * (2 * FREE_BYTES // 30_000_000))
    code, report, said, memory = report_on(str(capture), tmp_path)
    assert (code, said) == (4, "")
    assert accounted(report) > 0
    (read,) = report["captures"]
    assert not read["complete"]
    assert "expands more than" in read["note"]
    assert memory < MOST_BYTES
