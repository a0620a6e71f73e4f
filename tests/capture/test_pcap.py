"""pcap files made by hand: byte orders, precisions, versions, and damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.capture.layout import LARGE_SNAPLEN, STANDARD_SNAPLEN
from annotator.errors import InputError
from tests.capture.writing import (
    MICROSECONDS,
    MODIFIED,
    NANOSECONDS,
    ORDERS,
    Packet,
    issues,
    pcap_header,
    pcap_record,
    read,
)

LITTLE = bytes.fromhex(
    "d4c3b2a1"  # magic: little-endian, microseconds
    "0200 0400"  # version 2.4
    "00000000 00000000"  # time zone, accuracy: not used
    "ffff0000"  # snap length 65535
    "01000000"  # link type 1, Ethernet
    "00f15365"  # 1,700,000,000 s
    "40e20100"  # 123,456 µs
    "03000000"  # 3 bytes stored
    "40000000"  # 64 bytes on the wire
    "aabbcc"
)
BIG = bytes.fromhex(
    "a1b23c4d"  # magic: big-endian, nanoseconds
    "0002 0004"  # version 2.4
    "00000000 00000000"  # time zone, accuracy: not used
    "0000ffff"  # snap length 65535
    "00000065"  # link type 101, raw IP
    "6553f100"  # 1,700,000,000 s
    "075bcd15"  # 123,456,789 ns
    "00000002"  # 2 bytes stored
    "00000002"  # 2 bytes on the wire
    "0102"
)


def test_little_endian_microseconds() -> None:
    """A record of a little-endian file with microseconds."""
    found, source = read(LITTLE)
    assert found == [Packet(1, 1_700_000_000_123_456_000, b"\xaa\xbb\xcc", 64, 1)]
    assert (source.format, source.complete, issues(source)) == ("pcap", True, {})


def test_big_endian_nanoseconds() -> None:
    """A record of a big-endian file with nanoseconds."""
    found, source = read(BIG)
    assert found == [Packet(1, 1_700_000_000_123_456_789, b"\x01\x02", 2, 101)]
    assert source.format == "pcap (ns)"


@pytest.mark.parametrize("order", ORDERS)
def test_modified_records_have_eight_more_bytes(order: str) -> None:
    """The record header of Kuznetsov's variant is 24 bytes long; what follows it is the packet."""
    extra = b"\x02\0\0\0\0\x08\x01\0"  # interface index, protocol, packet type, padding
    record = pcap_record(order, b"", seconds=7, fraction=5)[:8] + pcap_record(order, b"abcd")[8:16]
    found, source = read(pcap_header(order, magic=MODIFIED) + (record + extra + b"abcd") * 2)
    assert found == [Packet(1, 7_000_005_000, b"abcd", 4, 1), Packet(2, 7_000_005_000, b"abcd", 4, 1)]
    assert source.format == "pcap (modified)"


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("version", "first", "second", "meaning"),
    [
        ((2, 4), 4, 60, "stored, wire"),
        ((2, 2), 60, 4, "wire, stored: versions before 2.3 had them the other way round"),
        ((2, 3), 60, 4, "wire, stored: some writers of 2.3 did, and stored is never the larger"),
        ((2, 3), 4, 60, "stored, wire: other writers of 2.3 did not"),
    ],
)
def test_lengths_changed_places(order: str, version: tuple[int, int], first: int, second: int, meaning: str) -> None:
    """Which of the two lengths is which depends on the version."""
    words = pcap_record(order, bytes(first), wire=second)[8:16]
    found, _ = read(pcap_header(order, version=version) + bytes(8) + words + b"abcd")
    assert found == [Packet(1, 0, b"abcd", 60, 1)], meaning


@pytest.mark.parametrize("order", ORDERS)
def test_seconds_are_unsigned(order: str) -> None:
    """Times after 2038 and up to 2106 stand in the unsigned 32 bits of seconds."""
    found, _ = read(pcap_header(order) + pcap_record(order, b"", seconds=2**32 - 1, fraction=999_999))
    assert found[0].ts_ns == (2**32 - 1) * 10**9 + 999_999_000


@pytest.mark.parametrize("order", ORDERS)
def test_link_type_is_the_lower_half_of_its_word(order: str) -> None:
    """The upper half holds the length of frame check sequences and flags."""
    found, _ = read(pcap_header(order, link_type=0x2400_0001) + pcap_record(order, b"x"))
    assert found[0].link_type == 1


@pytest.mark.parametrize("order", ORDERS)
def test_odd_lengths_are_taken_as_they_stand(order: str) -> None:
    """Records may have no bytes, more than the wire had, or more than the snap length; that may be 0."""
    data = pcap_header(order, snaplen=0)
    data += pcap_record(order, b"") + pcap_record(order, b"abcd", wire=0) + pcap_record(order, bytes(70_000))
    found, source = read(data)
    assert [(len(packet.data), packet.wire) for packet in found] == [(0, 0), (4, 0), (70_000, 70_000)]
    assert source.complete


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("link_type", "snaplen", "longest"),
    [
        (1, 65535, STANDARD_SNAPLEN),
        (1, 1_000_000, 1_000_000),
        (1, 0xFFFFFFFF, LARGE_SNAPLEN),
        (231, 65535, LARGE_SNAPLEN),
    ],
)
def test_a_record_longer_than_any_packet_ends_the_reading(
    order: str, link_type: int, snaplen: int, longest: int
) -> None:
    """A length of 4 GB, or one more than libpcap takes, is damage: the prefix stands, the note says where."""
    for length in (0xFFFFFFFF, longest + 1):
        data = pcap_header(order, link_type=link_type, snaplen=snaplen) + pcap_record(order, b"good")
        data += bytes(8) + length.to_bytes(4, "little" if order == "<" else "big") * 2 + b"rest"
        found, source = read(data)
        assert [packet.data for packet in found] == [b"good"]
        assert not source.complete
        assert issues(source) == {"record_length": (1, 2)}
        assert "after frame 1 at byte 44" in source.note


@pytest.mark.parametrize("order", ORDERS)
def test_header_alone_is_an_empty_capture(order: str) -> None:
    """A header without records is a complete capture of no packets."""
    found, source = read(pcap_header(order))
    assert found == []
    assert (source.complete, issues(source), source.frames) == (True, {}, 0)


@given(
    order=st.sampled_from(ORDERS),
    magic=st.sampled_from([MICROSECONDS, NANOSECONDS]),
    bodies=st.lists(st.binary(max_size=40), max_size=6),
    data=st.data(),
)
def test_any_prefix_gives_its_whole_packets(order: str, magic: int, bodies: list[bytes], data: st.DataObject) -> None:
    """A cut anywhere leaves the packets before it; one truncation is told, and only where bytes are missing."""
    whole = pcap_header(order, magic=magic)
    ends = [len(whole)]
    for second, body in enumerate(bodies):
        whole += pcap_record(order, body, seconds=second)
        ends.append(len(whole))
    cut = data.draw(st.integers(0, len(whole)))
    size = data.draw(st.sampled_from([1, 7, 64, 1 << 16]))
    if cut < 24:
        with pytest.raises(InputError, match="header"):
            read(whole[:cut] if cut >= 4 else whole[:4], size)
        return
    found, source = read(whole[:cut], size)
    assert [packet.data for packet in found] == [body for body, end in zip(bodies, ends[1:], strict=True) if end <= cut]
    assert source.complete == (cut in ends)
    assert issues(source) == ({} if cut in ends else {"file_truncated": (1, len(found) + 1)})
    assert ("cut short" in source.note) == (cut not in ends)
