"""Frames and captures of sound parts, put together anyhow, with lengths that lie."""

import struct
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.decode.batch import MAX_DEPTH, MOST_MSDUS
from annotator.model import HeaderFlag
from tests.capture.writing import ORDERS, block, enhanced, interface, obsolete, option, read, section, simple
from tests.decode.decoding import batch, decode

X = bytes.fromhex
LYING = st.sampled_from([0, 1, 7, 8, 19, 20, 39, 40, 0x45, 0xFF, 0x5DC, 0x7FFF, 0xFFFF])
LENGTH = st.none() | LYING


def be16(value: int) -> bytes:
    """Two bytes, network order."""
    return struct.pack(">H", value & 0xFFFF)


@st.composite
def ipv4(draw: Any, inside: bytes) -> bytes:
    """An IPv4 header with options and fragment fields, whose length may lie."""
    words = draw(st.integers(5, 15))
    lie = draw(LENGTH)
    total = words * 4 + len(inside) if lie is None else lie
    flags = draw(st.sampled_from([0, 0, 0, 0x2000, 0x2001, 0x00FF, 0x4000]))
    protocol = draw(st.sampled_from([1, 4, 6, 17, 33, 41, 47, 50, 51, 58, 97, 103, 132, 136, 137, 255]))
    head = bytes([0x40 | words, 0]) + be16(total) + X("0001") + be16(flags) + bytes([64, protocol]) + X("0000")
    return head + X("0a000001 0a000002") + bytes(words * 4 - 20) + inside


@st.composite
def ipv6(draw: Any, inside: bytes) -> bytes:
    """An IPv6 header with a chain of extension headers, whose lengths may lie."""
    kinds = draw(st.lists(st.sampled_from([0, 43, 44, 51, 60, 139]), max_size=6))
    last = draw(st.sampled_from([4, 6, 17, 41, 47, 58, 59, 103, 132]))
    chain = b""
    for following in [*kinds[1:], last][: len(kinds)]:
        chain += bytes([following, draw(st.sampled_from([0, 0, 0, 1, 255]))]) + draw(st.binary(min_size=6, max_size=6))
    lie = draw(LENGTH)
    length = len(chain) + len(inside) if lie is None else lie
    head = X("60000000") + be16(length) + bytes([kinds[0] if kinds else last, 64])
    return head + X("20010db8" + "00" * 11 + "01" + "20010db8" + "00" * 11 + "02") + chain + inside


@st.composite
def transport(draw: Any, inside: bytes) -> bytes:
    """A transport header whose lengths may lie."""
    lie = draw(LENGTH)
    ports = X("03e8") + be16(draw(st.sampled_from([53, 80, 2152, 4754, 4789, 5247])))
    made: bytes = draw(
        st.sampled_from(
            [
                ports + be16(8 + len(inside) if lie is None else lie) + X("0000") + inside,
                ports + X("00000001 00000002") + be16(draw(st.integers(0, 0xFFFF))) + bytes(6) + inside,
                ports + bytes(8) + bytes([0, 3]) + be16(16 + len(inside) if lie is None else lie) + bytes(12) + inside,
                bytes([draw(st.integers(0, 255)), draw(st.integers(0, 15))]) + bytes(6) + inside,
            ]
        )
    )
    return made


TUNNELS = [
    X(text)
    for text in (
        "",  # none, GRE, GRE with a key, with everything, PPTP
        "00000800",
        "20006558 00000007",
        "b0000800 00000000 00000001 00000002",
        "3001880b 0000 0000",
        "08000000 00002a00",  # VXLAN, its generic extension with a service header, GENEVE, GTP-U
        "0c000004 00002b00 00060101 00000b01" + "00" * 16,
        "00006558 00002c00",
        "30ff0000 00000005",
        "0001 0000" + "00" * 9,  # Teredo's authentication, L2TP, PIM Register
        "0202 0001 0002 ff03 0021",
        "2100dead 00000000",
        "00100300 00000000",  # CAPWAP, AYIYA, LISP control, Aruba's GRE, ERSPAN
        "41521129 00000000" + "00" * 36,
        "80000000",
        "00008200",
        "10000000 00000000",
    )
]
LINKS = [
    X(text)
    for text in (
        "8100 0007",  # tags, MPLS, PPPoE, NSH
        "88a8 0064 8100 0007",
        "8847 00010140",
        "8864 1100 0001 0000 0021",
        "894f 0002 0203 00000b01",
        "88e7" + "00" * 16,  # 802.1ah, TRILL, LLC, Arista's time, ERSPAN
        "22f3 0040" + "00" * 4,
        "0040 aaaa03 000000",
        "d28b 0001 0010" + "00" * 8,
        "88be 1000" + "00" * 6,
    )
]


@st.composite
def frames(draw: Any) -> tuple[int, bytes]:
    """A frame of headers nested in any order, behind a link header, cut somewhere."""
    data = draw(st.binary(max_size=40))
    for _ in range(draw(st.integers(1, 4))):
        data = draw(transport(draw(st.sampled_from(TUNNELS)) + data))
        data = draw(st.one_of(ipv4(data), ipv6(data)))
    kind = be16({4: 0x0800, 6: 0x86DD}[data[0] >> 4])
    tags = draw(st.lists(st.sampled_from(LINKS), max_size=3))
    wifi = bytes([draw(st.sampled_from([0x08, 0x88])), draw(st.integers(0, 3))]) + bytes(22)
    msdu = bytes(12) + be16(8 + len(data)) + X("aaaa03 000000") + kind + data
    link, head = draw(
        st.sampled_from(
            [
                (1, bytes(12) + b"".join(tags) + kind),
                (101, b""),
                (113, bytes(14) + kind),
                (9, X("ff03 0021")),
                (105, wifi + X("8000") + (msdu + bytes(-len(msdu) % 4)) * draw(st.integers(0, 3)) + msdu[: -len(data)]),
                (127, X("0000 0900 02000000 10") + wifi + X("aaaa03 000000") + kind),
                (230, X("6188 01 0100 0200 0300 41")),
                (197, bytes(8) + X("82 04") + bytes(6) + bytes(8) + bytes(2) + bytes(12) + kind),
            ]
        )
    )
    whole = head + data
    return link, whole[: draw(st.none() | st.integers(0, len(whole)))]


@given(st.lists(frames(), min_size=1, max_size=6), st.sampled_from([0, 0, 4, 2000]))
def test_any_nesting_is_decoded_or_stopped(made: list[tuple[int, bytes]], left_out: int) -> None:
    """Every packet is decoded or stopped (the helper checks), and no row says more than its frame holds."""
    bodies = [body for _, body in made]
    wires = [len(body) + left_out for body in bodies]
    result = decode(batch(bodies, [link for link, _ in made], wires=wires), tie=True)
    rows = result.rows
    assert len(rows) <= len(made) * 2 * MAX_DEPTH * MOST_MSDUS
    assert (rows["payload_caplen"] <= rows["payload_bytes"]).all()
    assert all(len(result.payload(k)) <= wires[int(result[k]["frame"]) - 1] for k in range(len(result)))
    outermost = rows["flags"] & HeaderFlag.OUTERMOST != 0
    assert outermost.sum() == result.decoded
    assert len(np.unique(rows["frame"][outermost])) == result.decoded


@st.composite
def blocks(draw: Any, order: str) -> bytes:
    """A pcapng block, sound or with a number that lies."""
    data = draw(st.binary(max_size=30))
    number, ticks = draw(st.integers(0, 3)), draw(st.integers(0, 2**64 - 1))
    options = option(order, draw(st.integers(0, 20)), draw(st.binary(max_size=12)))
    made: bytes = draw(
        st.sampled_from(
            [
                section(order, options),
                interface(order, draw(st.sampled_from([1, 101, 113])), draw(st.integers(0, 40)), options),
                enhanced(order, data, ticks, number=number, options=options),
                enhanced(order, data, ticks, number=number, wire=draw(st.integers(0, 2**32 - 1))),
                simple(order, data, draw(st.integers(0, 100))),
                obsolete(order, data, ticks, number=number, drops=draw(st.integers(0, 0xFFFF))),
                block(order, draw(st.integers(0, 2**32 - 1)), data),
            ]
        )
    )
    if draw(st.integers(0, 5)) == 0:
        at = draw(st.integers(0, len(made) // 4 - 1)) * 4
        made = made[:at] + struct.pack(order + "I", draw(st.integers(0, 2**32 - 1))) + made[at + 4 :]
    return made


@given(st.data(), st.sampled_from(ORDERS), st.sampled_from([64, 4096]), st.booleans())
def test_any_sequence_of_blocks_is_read(data: st.DataObject, order: str, window: int, resync: bool) -> None:
    """Packets lie within the file, are numbered in order, and where not all was read a note says why."""
    whole = section(order) + b"".join(data.draw(st.lists(blocks(order), max_size=12)))
    found, source = read(whole, window)
    assert [packet.frame for packet in found] == list(range(1, len(found) + 1))
    assert all(packet.data in whole for packet in found)
    assert source.complete == (not source.note)
    assert sum(len(packet.data) for packet in found) <= len(whole)
