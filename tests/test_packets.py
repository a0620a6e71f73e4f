"""Packets written back as pcapng: as the captures have them, read by our own reader and by Wireshark's tools."""

import io
import os
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from annotator.capture import open_captures
from annotator.errors import InputError
from annotator.model import NO_TIME
from annotator.packets import PcapngFile, check_readable_again, frames_of, write_packets
from annotator.pipeline import analyse
from annotator.report.report import Report

needs_tshark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")


def packets(path: Path) -> list[tuple[int, int, int, int, bytes]]:
    """Give (link type, time in ns, caplen, origlen, bytes) of every packet."""
    (reader,) = open_captures([str(path)])
    found = []
    for batch in reader.batches():
        columns = (batch.link_type, batch.ts_ns, batch.caplen, batch.origlen, batch.offset)
        for link, ts_ns, caplen, origlen, offset in zip(*(column.tolist() for column in columns), strict=True):
            found.append((link, ts_ns, caplen, origlen, batch.data[offset : offset + caplen].tobytes()))
    reader.close()
    return found


@pytest.mark.parametrize("name", ["office.pcapng", "vlan.pcap", "drops.pcapng"])
def test_packets_are_the_capture_s(samples: Path, tmp_path: Path, name: str) -> None:
    """Bytes, times, lengths and link types, in the capture's order."""
    source = str(samples / name)
    analysis = analyse([source])
    rows = np.arange(0, len(analysis.flows), 2)
    written = tmp_path / "some.pcapng"
    with written.open("wb") as file:
        count = write_packets(analysis, rows, file)
    whole = packets(samples / name)
    (frames,) = frames_of(analysis, [source], rows)
    assert packets(written) == [whole[frame - 1] for frame in frames]
    assert count == len(frames) > 0


@needs_tshark
def test_wireshark_s_tools_read_it(samples: Path, tmp_path: Path) -> None:
    """capinfos counts the packets; tshark shows each, with the times to the nanosecond, and only the flows' ports."""
    analysis = analyse([str(samples / "office.pcapng"), str(samples / "vlan.pcap")])
    report = Report(analysis).narrowed("unknown")
    written = tmp_path / "unknown.pcapng"
    report.write_packets(written)
    assert report.narrowing is not None
    flows = analysis.flows
    rows = report.narrowing.rows
    expected = int((flows.initiator_packets + flows.responder_packets)[rows].sum())
    counted = subprocess.run(["capinfos", "-TrcM", written], capture_output=True, text=True, check=True).stdout
    assert counted.split()[-1] == str(expected)
    words = ["-T", "fields", "-e", "frame.time_epoch", "-e", "tcp.port", "-e", "udp.port", "-e", "frame.interface_name"]
    shown = subprocess.run(["tshark", "-n", "-r", written, *words], capture_output=True, text=True, check=True).stdout
    lines = [line.split("\t") for line in shown.splitlines()]
    assert len(lines) == expected
    ports = {str(port) for port in flows.responder_port[rows].tolist()}
    assert all(ports & set((line[1] or line[2]).split(",")) for line in lines)
    assert {line[3] for line in lines} == {str(samples / "office.pcapng"), str(samples / "vlan.pcap")}
    times = [struct.unpack("<q", struct.pack("<q", packet[1]))[0] for packet in packets(written)]
    assert [line[0] for line in lines] == [f"{ns // 10**9}.{ns % 10**9:09}" for ns in times]


def test_the_same_flows_are_in_it(samples: Path, tmp_path: Path) -> None:
    """Read again, the file holds the flows that it was written for, with the same counters."""
    report = Report(analyse([str(samples / "office.pcapng")])).narrowed("unknown")
    report.write_packets(tmp_path / "unknown.pcapng")
    again = Report(analyse([str(tmp_path / "unknown.pcapng")]))
    columns = [
        "community_id",
        "initiator_packets",
        "responder_packets",
        "initiator_bytes",
        "responder_bytes",
        "observed",
    ]
    assert again.flows[columns].astype(str).values.tolist() == report.flows[columns].astype(str).values.tolist()


def test_what_cannot_be_read_twice_is_refused(tmp_path: Path) -> None:
    """Standard input and pipes, before any work; one line says what to do."""
    with pytest.raises(InputError, match="standard input cannot be read twice"):
        check_readable_again(["a.pcap", "-"])
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is a pipe"):
        check_readable_again([str(tmp_path / "pipe")])
    check_readable_again([str(tmp_path), str(tmp_path / "missing")])


def test_a_capture_that_grew_is_refused(samples: Path, tmp_path: Path) -> None:
    """Frame numbers of another file would be other packets."""
    path = tmp_path / "growing.pcap"
    path.write_bytes((samples / "vlan.pcap").read_bytes())
    analysis = analyse([str(path)])
    with path.open("ab") as file:
        file.write(struct.pack("<IIII", 1, 0, 14, 14) + bytes(14))
    with pytest.raises(InputError, match="has changed since"):
        write_packets(analysis, np.arange(1), io.BytesIO())


def test_no_flow_gives_an_empty_capture(samples: Path, tmp_path: Path) -> None:
    """The file is there, whole, and holds no packet."""
    path = tmp_path / "none.pcapng"
    analysis = analyse([str(samples / "vlan.pcap")])
    with path.open("wb") as file:
        assert write_packets(analysis, np.empty(0, np.intp), file) == 0
    assert packets(path) == []


def test_what_has_no_time_says_so(tmp_path: Path) -> None:
    """A packet without a time is written with a comment, because pcapng's packet block must hold one."""
    from annotator.model import PacketBatch

    column = {"offset": "i8", "ts_ns": "i8", "caplen": "u4", "origlen": "u4", "link_type": "u2"}
    values = {"offset": 0, "ts_ns": NO_TIME, "caplen": 5, "origlen": 9, "link_type": 1}
    arrays = {name: np.array([values[name]], kind) for name, kind in column.items()}
    batch = PacketBatch(data=np.arange(8, dtype=np.uint8), capture=0, first_frame=1, **arrays)
    path = tmp_path / "x.pcapng"
    with path.open("wb") as file:
        PcapngFile(file, "why").write("a\x1b.pcap", batch, np.array([0]))
    assert packets(path) == [(1, 0, 5, 9, bytes(range(5)))]
    data = path.read_bytes()
    assert b"the capture gives no time" in data
    assert b"\x1b" not in data[48:].split(b"pcap")[0]
