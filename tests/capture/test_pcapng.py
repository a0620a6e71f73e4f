"""pcapng files made by hand: every block type, sections, interfaces, clocks, losses, damage, in both byte orders."""

from collections.abc import Callable
from fractions import Fraction
from math import floor
from struct import pack

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.capture.pcapng import LAST_SECOND, NO_INTERFACE, timestamp
from annotator.errors import InputError
from annotator.model import NO_TIME
from tests.capture.writing import (
    ORDERS,
    Packet,
    block,
    enhanced,
    interface,
    issues,
    obsolete,
    option,
    read,
    section,
    simple,
    statistics,
)

LITTLE = bytes.fromhex(
    "0a0d0d0a 1c000000"  # Section Header Block of 28 bytes
    "4d3c2b1a 0100 0000"  # byte-order magic: little-endian; version 1.0
    "ffffffffffffffff"  # section length unknown
    "1c000000"
    "01000000 14000000"  # Interface Description Block of 20 bytes
    "0100 0000 00000000"  # link type 1, reserved, snap length 0: no limit
    "14000000"
    "06000000 24000000"  # Enhanced Packet Block of 36 bytes
    "00000000"  # interface 0
    "240a0600 40420f00"  # ticks: 0x00060a24 << 32 | 0x000f4240 µs
    "03000000 40000000"  # 3 bytes stored, 64 on the wire
    "aabbcc 00"  # the bytes, padded to four
    "24000000"
)
BIG = bytes.fromhex(
    "0a0d0d0a 0000001c"  # the same blocks, big-endian
    "1a2b3c4d 0001 0000"
    "ffffffffffffffff"
    "0000001c"
    "00000001 00000014"
    "0001 0000 00000000"
    "00000014"
    "00000006 00000024"
    "00000000"
    "00060a24 000f4240"
    "00000003 00000040"
    "aabbcc 00"
    "00000024"
)
TICKS = 0x00060A24_000F4240


@pytest.mark.parametrize("literal", [LITTLE, BIG], ids=["little-endian", "big-endian"])
def test_the_smallest_capture(literal: bytes) -> None:
    """A section, an interface with the default clock of microseconds, a packet."""
    found, source = read(literal)
    assert found == [Packet(1, TICKS * 1000, b"\xaa\xbb\xcc", 64, 1)]
    assert (source.format, source.complete, source.drops, issues(source)) == ("pcapng", True, None, {})


@pytest.mark.parametrize(("order", "literal"), [("<", LITTLE), (">", BIG)])
def test_blocks_made_here_are_those_of_the_literals(order: str, literal: bytes) -> None:
    """The helpers that the other tests build with write what is commented above."""
    assert section(order) + interface(order) + enhanced(order, b"\xaa\xbb\xcc", TICKS, wire=64) == literal


@pytest.mark.parametrize("order", ORDERS)
def test_packet_blocks_of_all_three_kinds(order: str) -> None:
    """Enhanced, simple and obsolete packet blocks; a simple one has no time and belongs to interface 0."""
    found, source = read(
        section(order)
        + interface(order, link_type=101)
        + interface(order, link_type=1)
        + enhanced(order, b"enhanced", 1, number=1, wire=99)
        + simple(order, b"simple")
        + obsolete(order, b"obsolete", 2, number=1)
    )
    assert found == [
        Packet(1, 1000, b"enhanced", 99, 1),
        Packet(2, NO_TIME, b"simple", 6, 101),
        Packet(3, 2000, b"obsolete", 8, 1),
    ]
    assert source.drops is None


@pytest.mark.parametrize("order", ORDERS)
def test_a_simple_packet_is_cut_at_its_interfaces_snap_length(order: str) -> None:
    """A Simple Packet Block tells its stored length only through the snap length of interface 0."""
    found, _ = read(section(order) + interface(order, snaplen=6) + simple(order, b"abcdef", wire=1500))
    assert found == [Packet(1, NO_TIME, b"abcdef", 1500, 1)]
    found, _ = read(section(order) + interface(order) + simple(order, b"abcde"))
    assert found[0].data == b"abcde"


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_not_known_is_passed_over(order: str) -> None:
    """Name resolution, journal, custom and unknown blocks, and unknown options, change nothing."""
    names = block(order, 4, pack(order + "HH", 1, 9) + b"\x01\x02\x03\x04host\0\0\0\0" + bytes(4))
    strange = option(order, 2988, b"odd") + option(order, 1, b"a comment") + option(order, 0, b"")
    found, source = read(
        section(order, options=strange)
        + names
        + block(order, 9, b"journal")
        + interface(order, options=strange)
        + block(order, 0x0BAD, pack(order + "I", 32473) + b"custom")
        + block(order, 0x80001234, b"")
        + enhanced(order, b"packet", 5, options=strange)
        + statistics(order)
        + block(order, 0x4000BEEF, bytes(100_000))
    )
    assert [packet.data for packet in found] == [b"packet"]
    assert (source.complete, issues(source), source.drops) == (True, {}, None)


@pytest.mark.parametrize("first", ORDERS)
@pytest.mark.parametrize("second", ORDERS)
def test_each_section_has_its_own_order_and_interfaces(first: str, second: str) -> None:
    """A second section may be of the other byte order, and describes its interfaces anew."""
    found, source = read(
        section(first)
        + interface(first, link_type=113)
        + interface(first, link_type=276)
        + enhanced(first, b"one", 1, number=1)
        + section(second)
        + interface(second, link_type=228, options=option(second, 9, b"\x09"))
        + enhanced(second, b"two", 1)
        + enhanced(second, b"lost", 1, number=1)
    )
    assert [(packet.data, packet.ts_ns, packet.link_type) for packet in found] == [
        (b"one", 1000, 276),
        (b"two", 1, 228),
        (b"lost", NO_TIME, NO_INTERFACE),
    ]
    assert issues(source)["undescribed_interface"][0] == 1


@pytest.mark.parametrize("order", ORDERS)
def test_interfaces_keep_clocks_of_their_own(order: str) -> None:
    """Resolutions to the power of ten and of two, the same moment each: 1,700,000,000.5 s."""
    clocks = [b"\x00", b"\x03", b"\x06", b"\x09", b"\x80", b"\x81", b"\x8a", b"\xa0"]
    ticks = [
        1_700_000_000,
        1_700_000_000_500,
        1_700_000_000_500_000,
        1_700_000_000_500_000_000,
        1_700_000_000,
        3_400_000_001,
        1_700_000_000 << 10 | 1 << 9,
        1_700_000_000 << 32 | 1 << 31,
    ]
    data = section(order)
    for clock in clocks:
        data += interface(order, options=option(order, 9, clock))
    for number, count in enumerate(ticks):
        data += enhanced(order, b"", count, number=number)
    # picoseconds since 1970 do not fit 64 bits, so such a clock needs an offset
    data += interface(order, options=option(order, 9, b"\x0c") + option(order, 14, pack(order + "q", 1_700_000_000)))
    data += enhanced(order, b"", 500_000_000_000, number=len(clocks))
    found, _ = read(data)
    half = 1_700_000_000_500_000_000
    whole = half - 500_000_000
    assert [packet.ts_ns for packet in found] == [whole, half, half, half, whole, half, half, half, half]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("offset", [3600, -3600, 1_700_000_000, -(10**6)])
def test_time_offset_is_signed_seconds_in_the_sections_order(order: str, offset: int) -> None:
    """``if_tsoffset`` is added to each time of its interface, and to no other's."""
    shifted = interface(order, options=option(order, 14, pack(order + "q", offset)))
    found, _ = read(
        section(order)
        + shifted
        + interface(order)
        + enhanced(order, b"", 5_000_001, number=0)
        + enhanced(order, b"", 5_000_001, number=1)
    )
    assert [packet.ts_ns for packet in found] == [(offset + 5) * 10**9 + 1000, 5_000_001_000]


@pytest.mark.parametrize("order", ORDERS)
def test_times_that_no_calendar_has_are_left_out(order: str) -> None:
    """A time beyond 2262 or a resolution that fits no number leaves the packet without a time, and is counted."""
    found, source = read(
        section(order)
        + interface(order)
        + interface(order, options=option(order, 9, b"\x7f"))
        + interface(order, options=option(order, 14, pack(order + "q", 2**63 - 1)))
        + enhanced(order, b"a", 2**63)
        + enhanced(order, b"b", 1, number=1)
        + enhanced(order, b"c", 1, number=2)
        + enhanced(order, b"d", 10**9)
    )
    assert [packet.ts_ns for packet in found] == [NO_TIME, NO_TIME, NO_TIME, 10**12]
    assert issues(source)["time_out_of_range"][0] == 3


@given(
    ticks=st.integers(0, 2**64 - 1),
    binary=st.integers(0, 1),
    exponent=st.integers(0, 127),
    offset=st.integers(-2 * LAST_SECOND, 2 * LAST_SECOND),
)
@example(ticks=2**63 - 1, binary=1, exponent=62, offset=0)
@example(ticks=2**63 - 1, binary=0, exponent=18, offset=LAST_SECOND)
@example(ticks=1_700_000_000_123_456_789, binary=0, exponent=9, offset=0)
def test_times_are_right_to_a_nanosecond(ticks: int, binary: int, exponent: int, offset: int) -> None:
    """Against exact fractions: nanoseconds rounded down (by one at the most for clocks finer than 2^-32 s), or none."""
    got = timestamp(ticks >> 32, ticks & 0xFFFFFFFF, binary, exponent, offset)
    exact = Fraction(ticks, (2 if binary else 10) ** exponent) + offset
    expected = floor(exact * 10**9)
    if got == NO_TIME:
        assert (
            ticks >= 2**63
            or exponent > (62 if binary else 18)
            or ticks // (2 if binary else 10) ** exponent >= LAST_SECOND
            or abs(floor(exact)) >= LAST_SECOND
        )
    else:
        assert expected - (1 if binary and exponent > 32 else 0) <= got <= expected


@pytest.mark.parametrize("order", ORDERS)
def test_losses_of_statistics_blocks_are_those_of_the_last(order: str) -> None:
    """Statistics count from the start of the capture: the last block of an interface holds, interfaces add up."""
    _, source = read(
        section(order)
        + interface(order)
        + interface(order)
        + statistics(order, 0, ifdrop=3)
        + enhanced(order, b"", 0)
        + statistics(order, 0, ifdrop=5, osdrop=2)
        + statistics(order, 1, osdrop=10)
    )
    assert source.drops == 17


@pytest.mark.parametrize("order", ORDERS)
def test_losses_told_with_packets_add_up(order: str) -> None:
    """``epb_dropcount`` and the drops of obsolete blocks count what was lost before each packet."""
    dropped = option(order, 4, pack(order + "Q", 4))
    _, source = read(
        section(order)
        + interface(order)
        + enhanced(order, b"abc", 0, options=option(order, 1, b"odd") + dropped + option(order, 0, b""))
        + enhanced(order, b"", 0, options=dropped)
        + obsolete(order, b"x", 0, drops=2)
        + obsolete(order, b"x", 0, drops=0xFFFF)
    )
    assert source.drops == 10


@pytest.mark.parametrize("order", ORDERS)
def test_the_same_losses_told_twice_count_once(order: str) -> None:
    """Packets and statistics tell of the same losses: an interface counts the larger sum, sections add up."""
    dropped = option(order, 4, pack(order + "Q", 4))
    one = section(order) + interface(order) + enhanced(order, b"", 0, options=dropped)
    _, source = read(one + statistics(order, 0, ifdrop=3) + one + statistics(order, 0, ifdrop=9))
    assert source.drops == 13


@pytest.mark.parametrize("order", ORDERS)
def test_statistics_of_no_losses_are_an_answer_too(order: str) -> None:
    """Zero losses told is not the same as losses not told."""
    _, source = read(section(order) + interface(order) + statistics(order, 0, ifdrop=0, osdrop=0))
    assert source.drops == 0


DAMAGE: dict[str, Callable[[str], bytes]] = {
    "a length below any block's": lambda o: pack(o + "II", 6, 8) + bytes(100),
    "an enhanced packet shorter than its own fields": lambda o: block(o, 6, bytes(16)),
    "an obsolete packet shorter than its own fields": lambda o: block(o, 2, bytes(16)),
    "a simple packet without its length": lambda o: block(o, 3, b""),
    "more bytes stored than the block has": lambda o: block(o, 6, pack(o + "IIIII", 0, 0, 0, 9, 9) + bytes(8)),
    "a stored length of 4 GB": lambda o: block(o, 6, pack(o + "IIIII", 0, 0, 0, 2**32 - 1, 9) + bytes(8)),
    "a block length of 4 GB": lambda o: pack(o + "II", 6, 2**32 - 4) + bytes(100),
    "an interface description of 2 GB": lambda o: pack(o + "II", 1, 2**31) + bytes(100),
    "lengths that differ": lambda o: enhanced(o, b"abcd", 0)[:-4] + pack(o + "I", 40),
    "a section without byte order": lambda o: section(o)[:8] + bytes(4) + section(o)[12:],
    "an interface description without fields": lambda o: block(o, 1, b""),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("what", DAMAGE)
def test_damage_ends_the_reading_behind_the_good_prefix(order: str, what: str) -> None:
    """What no writer writes ends the reading: the packets before it stand, one issue and the note say where."""
    good = section(order) + interface(order) + enhanced(order, b"good", 1)
    found, source = read(good + DAMAGE[what](order) + enhanced(order, b"never", 2))
    assert [packet.data for packet in found] == [b"good"]
    assert not source.complete
    assert [first for _, first in issues(source).values()] == [2]
    assert f"after frame 1 at byte {len(good)}" in source.note


@pytest.mark.parametrize("order", ORDERS)
def test_statistics_too_short_to_tell_anything_are_passed_over(order: str) -> None:
    """A statistics block without its fields is harmless."""
    found, source = read(section(order) + interface(order) + block(order, 5, b"") + enhanced(order, b"next", 1))
    assert [packet.data for packet in found] == [b"next"]
    assert source.complete


@pytest.mark.parametrize("damage", ["magic", "length", "end"])
def test_a_file_without_a_good_section_header_is_refused(damage: str) -> None:
    """Where the very first block is bad there is no good prefix, and the file cannot be read at all."""
    head = bytearray(section("<"))
    if damage == "magic":
        head[8:12] = b"\0\0\0\0"
    elif damage == "length":
        head[4:8] = pack("<I", 2**31)
    else:
        head = head[:20]
    with pytest.raises(InputError, match="section header"):
        read(bytes(head))


@pytest.mark.parametrize("order", ORDERS)
def test_lengths_that_are_no_multiple_of_four_are_padded(order: str) -> None:
    """Some writers forget the padding in the length; the block ends at the next multiple of four all the same."""
    whole = bytearray(enhanced(order, b"abc", 1))
    whole[4:8] = whole[-4:] = pack(order + "I", len(whole) - 1)
    found, source = read(section(order) + interface(order) + bytes(whole) + enhanced(order, b"next", 2))
    assert [packet.data for packet in found] == [b"abc", b"next"]
    assert source.complete


def test_hundred_thousand_interfaces_are_kept_apart() -> None:
    """The table of interfaces grows as they are described; the last one's packets have its link type."""
    data = section("<") + interface("<", link_type=1) * 99_999 + interface("<", link_type=101)
    found, source = read(data + enhanced("<", b"x", 1, number=99_999) + enhanced("<", b"y", 1, number=99_998))
    assert [packet.link_type for packet in found] == [101, 1]
    assert source.complete


KINDS = {
    "enhanced": lambda order, body: enhanced(order, body, 7),
    "simple": simple,
    "obsolete": lambda order, body: obsolete(order, body, 7),
    "statistics": lambda order, _: statistics(order, 0, ifdrop=1),
    "interface": lambda order, _: interface(order),
    "section": lambda order, _: section(order) + interface(order),
    "unknown": lambda order, body: block(order, 0x99, body * 40),
}


@given(
    order=st.sampled_from(ORDERS),
    blocks=st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.binary(max_size=20)), max_size=8),
    data=st.data(),
)
def test_any_prefix_gives_its_whole_packets(order: str, blocks: list[tuple[str, bytes]], data: st.DataObject) -> None:
    """A cut anywhere leaves the packets before it; one truncation is told, and only where bytes are missing."""
    start = len(section(order))
    whole = section(order) + interface(order)
    ends = [start, len(whole)]
    for kind, body in blocks:
        if kind == "section":
            ends.append(len(whole) + start)
        whole += KINDS[kind](order, body)
        ends.append(len(whole))
    cut = data.draw(st.integers(4, len(whole)))
    size = data.draw(st.sampled_from([1, 7, 64, 1 << 16]))
    if cut < start:
        with pytest.raises(InputError, match="section header"):
            read(whole[:cut], size)
        return
    found, source = read(whole[:cut], size)
    upto, expected = len(section(order) + interface(order)), []
    for kind, body in blocks:
        upto += len(KINDS[kind](order, body))
        if upto <= cut and kind in ("enhanced", "simple", "obsolete"):
            expected.append(body)
    assert [packet.data for packet in found] == expected
    assert source.complete == (cut in ends)
    assert set(source.issues) == (set() if cut in ends else {"file_truncated"})
    assert ("cut short" in source.note) == (cut not in ends)
