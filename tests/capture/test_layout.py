"""Variants of pcap that no magic number tells apart: files of each kind as Wireshark writes and counts them."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.capture import open_capture
from annotator.errors import InputError
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.capture.writing import (
    MODIFIED,
    ORDERS,
    enhanced,
    interface,
    option,
    pcap_header,
    pcap_record,
    read,
    section,
)
from tests.conftest import REPOSITORY

SAMPLE = REPOSITORY / "samples" / "scan.pcapng"
VARIANTS = {
    "rh6_1pcap": "pcap (Red Hat)",
    "suse6_3pcap": "pcap (SuSE)",
    "modpcap": "pcap (modified)",
    "nokiapcap": "pcap (Nokia)",
    "nsecpcap": "pcap (ns)",
    "pcap": "pcap",
}


def everything(path: Path) -> list[tuple[int, int, bytes]]:
    """Give time in microseconds, length on the wire and bytes of each packet."""
    reader = open_capture(str(path))
    found = []
    for batch in reader.batches():
        for k in range(len(batch)):
            start = int(batch.offset[k])
            data = batch.data[start : start + int(batch.caplen[k])].tobytes()
            found.append((int(batch.ts_ns[k]) // 1000, int(batch.origlen[k]), data))
    reader.close()
    assert reader.complete
    return found


@pytest.mark.parametrize(("kind", "name"), VARIANTS.items())
@pytest.mark.parametrize("packets", [1, 2, 1000])
def test_every_variant_that_wireshark_writes(kind: str, name: str, packets: int, tmp_path: Path) -> None:
    """The same packets come out of each, be it one or many."""
    if not shutil.which("editcap"):
        pytest.skip("editcap is not installed")
    path = tmp_path / "variant.pcap"
    subprocess.run(["editcap", "-F", kind, "-r", SAMPLE, path, f"1-{packets}"], check=True)
    assert everything(path) == everything(SAMPLE)[:packets]
    assert open_capture(str(path)).format == "pcap"  # its records are looked at when they are read
    assert analyse([str(path)], Settings()).captures[0].format == name


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("magic", "extra", "name"),
    [
        (0xA1B2C3D4, 8, "pcap (Red Hat)"),
        (0xA1B2C3D4, 4, "pcap (Nokia)"),
        (MODIFIED, 8, "pcap (modified)"),
        (MODIFIED, 12, "pcap (SuSE)"),
    ],
)
def test_variants_in_both_byte_orders(order: str, magic: int, extra: int, name: str) -> None:
    """What stands between the record header and the packet belongs to neither."""
    header = struct.pack(order + "IIII", 1_000_000_000, 5, 60, 1514) + b"\xa5" * extra
    found, source = read(pcap_header(order, magic=magic) + (header + bytes(range(60))) * 4, size=32)
    assert [(packet.data, packet.wire) for packet in found] == [(bytes(range(60)), 1514)] * 4
    assert source.format == name
    assert source.complete


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("if_type", "link_type", "padding"), [(6, 1, 0), (9, 6, 0), (15, 10, 3), (24, 0, 0)])
def test_aix_writes_interface_types_and_nanoseconds(order: str, if_type: int, link_type: int, padding: int) -> None:
    """Version 2.2 with an ifType of AIX: link types are mapped, lengths stand as before 2.3, FDDI is padded."""
    head = pcap_header(order, version=(2, 2), link_type=if_type)
    record = struct.pack(order + "IIII", 1, 999_999_999, 70 + padding, 60 + padding)
    found, source = read(head + (record + bytes(padding) + b"\x07" * 60) * 2)
    assert [(p.ts_ns, p.wire, p.data, p.link_type) for p in found] == [(1_999_999_999, 70, b"\x07" * 60, link_type)] * 2
    assert source.format == "pcap (AIX)"


@pytest.mark.parametrize("order", ORDERS)
def test_a_record_shorter_than_aixs_padding_is_damage(order: str) -> None:
    """Two bytes cannot hold three of padding."""
    head = pcap_header(order, version=(2, 2), link_type=15)
    found, source = read(head + struct.pack(order + "IIII", 1, 1, 2, 2) + b"xx")
    assert found == []
    assert not source.complete


@pytest.mark.parametrize("version", [(0, 0), (1, 7)])
def test_versions_before_2_are_refused(version: tuple[int, int]) -> None:
    """Nothing that is still in use has read them."""
    with pytest.raises(InputError, match=r"made.pcap: is pcap of version"):
        read(pcap_header("<", version=version) + pcap_record("<", b"abcd"))


@pytest.mark.parametrize("order", ORDERS)
def test_dg_uxs_version_543_swaps_the_lengths(order: str) -> None:
    """The first length is that of the wire."""
    record = struct.pack(order + "IIII", 1, 1, 1514, 4)
    found, _ = read(pcap_header(order, version=(543, 0)) + record + b"abcd")
    assert [(packet.data, packet.wire) for packet in found] == [(b"abcd", 1514)]


@given(st.sampled_from(ORDERS), st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=6), st.data())
def test_a_damaged_file_is_not_taken_for_a_variant(order: str, bodies: list[bytes], data: st.DataObject) -> None:
    """Cut anywhere, a usual file stays one: its whole packets come out."""
    whole = pcap_header(order)
    ends = [len(whole)]
    for number, body in enumerate(bodies):
        whole += pcap_record(order, body, seconds=1_700_000_000 + number, fraction=number)
        ends.append(len(whole))
    cut = data.draw(st.integers(24, len(whole)))
    found, source = read(whole[:cut])
    assert [packet.data for packet in found] == [body for body, end in zip(bodies, ends[1:], strict=True) if end <= cut]
    assert source.format == "pcap"


def test_a_frame_check_sequence_counts_on_the_wire_only(tmp_path: Path) -> None:
    """IP declares its own length, so four more bytes behind it change the frame's length and nothing else."""
    ip = bytes.fromhex("4500001e0000400040110000010203040506070800350035000a0000") + b"hi"
    frame = bytes(12) + b"\x08\x00" + ip + bytes(16)
    flows = []
    for link_type, data in ((1, frame), (0x24000001, frame + b"\xde\xad\xbe\xef")):
        path = tmp_path / "fcs.pcap"
        path.write_bytes(pcap_header("<", link_type=link_type) + pcap_record("<", data))
        flows.append(analyse([str(path)], Settings()).flows)
    plain, checked = flows
    assert checked.initiator_bytes.tolist() == plain.initiator_bytes.tolist() == [30]
    assert checked.initiator_payload_bytes.tolist() == plain.initiator_payload_bytes.tolist() == [2]
    assert checked.initiator_frame_bytes[0] == plain.initiator_frame_bytes[0] + 4


@pytest.mark.parametrize("order", ORDERS)
def test_a_frame_check_sequence_of_one_packet_counts_on_the_wire_only(tmp_path: Path, order: str) -> None:
    """pcapng tells the length of it packet by packet (``epb_flags``, bits 5 to 8): one has none, one has four bytes."""
    ip = bytes.fromhex("4500001e0000400040110000010203040506070800350035000a0000") + b"hi"
    frame = bytes(12) + b"\x08\x00" + ip
    flags = [option(order, 2, struct.pack(order + "I", length << 5)) for length in (0, 4)]
    path = tmp_path / "fcs.pcapng"
    blocks = enhanced(order, frame, 1, options=flags[0]) + enhanced(
        order, frame + b"\xde\xad\xbe\xef", 2, options=flags[1]
    )
    path.write_bytes(section(order) + interface(order) + blocks)
    flows = analyse([str(path)], Settings()).flows
    assert flows.initiator_packets.tolist() == [2]
    assert flows.initiator_bytes.tolist() == [60]
    assert flows.initiator_payload_bytes.tolist() == [4]
    assert flows.initiator_frame_bytes.tolist() == [2 * len(frame) + 4]
