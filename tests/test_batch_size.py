"""How many packets are read at a time changes nothing: a file, a pipe and an interface give the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from scapy.layers.inet import IP, UDP, fragment

from annotator.capture.batch import CAPACITY, Columns
from annotator.errors import AnnotatorError
from tests.decode.decoding import ether
from tests.dump import dump
from tests.test_pipeline import SAMPLES, same
from tests.witness.index import listed
from tests.written import udp, write

FEW = 17
"""Packets in a batch: most conversations span several of these, and most of these several conversations."""


def read(path: str, capacity: int) -> dict[str, Any]:
    """Give all that is found of a capture, read so many packets at a time: see :mod:`tests.dump`."""
    with pytest.MonkeyPatch.context() as patches:
        for module in ("pcap", "pcapng"):
            patches.setattr(f"annotator.capture.{module}.Columns", lambda: Columns(capacity))
        try:
            (found,) = dump([path])
        except AnnotatorError as error:
            return {"flows": {}, "error": str(error)}
    return found


@pytest.mark.parametrize("capacity", [1, 20])
def test_the_size_of_batches_does_not_matter(capacity: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flows, observations and issues are the same, packet by packet or all at once."""
    paths = SAMPLES[::3]
    expected = json.loads(json.dumps(dump(paths)))
    for module in ("pcap", "pcapng"):
        monkeypatch.setattr(f"annotator.capture.{module}.Columns", lambda: Columns(capacity))
    same(dump(paths), expected, paths)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: Path(path).name)
def test_a_few_packets_at_a_time_give_what_all_at_once_give(path: str) -> None:
    """Every column of every flow, every issue and account, of each of the project's own captures."""
    few = read(path, FEW)
    assert len(few["flows"]["proto"])
    same([read(path, CAPACITY)], [few], [path])


@pytest.mark.slow
def test_a_few_packets_at_a_time_give_the_same_of_real_captures(shared: Path) -> None:
    """Of every capture there is, one that cannot be read included."""
    captures = [str(capture.path) for capture in listed(shared) if capture.path.is_file()]
    assert len(captures) > 1000
    flows = 0
    for path in captures:
        all_at_once = read(path, CAPACITY)
        flows += len(all_at_once["flows"].get("proto", ()))
        same([all_at_once], [read(path, FEW)], [path])
    assert flows > 10_000


@pytest.mark.parametrize("capacity", [1, 2, 3, CAPACITY])
def test_a_fragment_held_back_is_counted_when_its_first_one_comes(tmp_path: Path, capacity: int) -> None:
    """Not behind all packets of the batch, where it would seem to lie before a pause and begin a flow of its own."""
    first, later = fragment(IP(src="10.0.0.1", dst="10.0.0.2", id=7) / UDP(sport=40000, dport=7214) / bytes(1200), 1000)
    frames = [(0, ether() / later), (1, ether() / first), (200, udp()), (201, udp())]
    flows = read(write(tmp_path / "a.pcap", *frames), capacity)["flows"]
    assert flows["initiator_packets"] == [2, 2]
    assert flows["first_frame"] == [1, 3]


NTP = bytes([0x23]) + bytes(39) + bytes.fromhex("e1234567 89abcdef")  # RFC 5905: a client's question, version 4
DNS = (
    bytes.fromhex("1234 0100 0001 0000 0000 0000 07")
    + b"example"
    + bytes.fromhex("03")
    + b"org"
    + bytes.fromhex("00 0001 0001")
)


@pytest.mark.parametrize("capacity", [1, 2, 3, CAPACITY])
def test_payloads_behind_one_that_told_enough_add_nothing(tmp_path: Path, capacity: int) -> None:
    """Though they were at hand when it was judged: a name that somebody asks for is no label of a clock."""
    flows = read(write(tmp_path / "a.pcap", *((0, udp(data=data)) for data in (b"\xff\0" * 9, NTP, DNS))), capacity)[
        "flows"
    ]
    assert (flows["observed"], flows["label"]) == (["ntp"], [""])
