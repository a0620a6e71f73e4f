"""Tests of the dcerpc probe."""

import uuid

import pytest

from annotator.evidence.probe import ANNOUNCE, CLIENT, FOLLOW, SERVER
from annotator.evidence.probes.dcerpc import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits

MAPPER = uuid.UUID("e1af8308-5d1f-11c9-91a4-08002b14a0fa")
NDR = uuid.UUID("8a885d04-1ceb-11c9-9fe8-08002b104860")


def packet(kind: int, body: bytes) -> bytes:
    """Make a connection-oriented packet, little-endian, in one fragment."""
    size = (16 + len(body)).to_bytes(2, "little")
    return bytes([5, 0, kind, 3]) + bytes.fromhex("10000000") + size + b"\0\0" + bytes.fromhex("01000000") + body


CONTEXT = b"\0\0\x01\0" + MAPPER.bytes_le + bytes.fromhex("03000000") + NDR.bytes_le + bytes.fromhex("02000000")
BIND = packet(11, bytes.fromhex("d016 d016 00000000 01000000") + CONTEXT)
BIND_ACK = packet(12, bytes.fromhex("d016 d016 34120000 0400") + b"135\0" + bytes(30))
REQUEST = packet(0, bytes.fromhex("10000000 0000 0300") + bytes(16))
RESPONSE = packet(2, bytes.fromhex("10000000 0000 0000") + bytes(16))
FLOORS = bytes.fromhex("0100 07 0200 c002 0100 09 0400 c0000205")  # TCP 49154, 192.0.2.5
MAPPED = packet(2, bytes.fromhex("10000000 0000 0000") + bytes(60) + FLOORS + bytes(8))
BIG = bytes.fromhex("05 00 0b 03 00 000000 0048 0000 00000001 16d0 16d0 00000000 01000000 0000 01 00") + (
    MAPPER.bytes + bytes.fromhex("00000003") + NDR.bytes + bytes.fromhex("00000002")
)
DATAGRAM_REQUEST = (
    bytes.fromhex("04 00 08 00 10 00 00 00")
    + bytes(16)
    + MAPPER.bytes_le
    + bytes(34)
    + bytes.fromhex("0800 0000 00 00")
    + bytes(8)
)


@pytest.mark.parametrize(
    "case",
    [
        Case(BIND, STREAM, "bind", CLIENT, "epmapper"),
        Case(BIND_ACK, STREAM, "bind ack", SERVER, wishes=FOLLOW),
        Case(REQUEST, MIDDLE, "request", CLIENT),
        Case(RESPONSE, MIDDLE, "response", SERVER),
        Case(MAPPED, STREAM, "response", SERVER, wishes=ANNOUNCE),
        Case(DATAGRAM_REQUEST, DATAGRAM, "connectionless packet", CLIENT, "epmapper"),
    ],
)
def test_packets_are_known(case: Case) -> None:
    """Both kinds of transport; the label is the interface."""
    known(PROBE, case)


def test_a_big_endian_bind_is_known() -> None:
    """The data representation says how numbers are written."""
    assert len(BIG) == 72
    known(PROBE, Case(BIG, STREAM, "bind", CLIENT, str(uuid.UUID(bytes_le=MAPPER.bytes))))


def test_the_endpoint_mappers_towers_announce_ports() -> None:
    """Two floors: the port and the address."""
    assert PROBE.announced is not None
    assert PROBE.announced(MAPPED) == [("192.0.2.5", "tcp", 49154)]
    assert PROBE.announced(MAPPED.replace(b"\xc0\x00\x02\x05", bytes(4))) == [("", "tcp", 49154)]
    assert PROBE.announced(RESPONSE) == []


def test_a_header_in_pieces_is_waited_for() -> None:
    """The interface is in the bind."""
    waits(PROBE, BIND[:12])
    waits(PROBE, BIND[:40])


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (BIND[:2] + b"\x1f" + BIND[3:], STREAM),  # no such packet
        (BIND[:6] + b"\x01" + BIND[7:], STREAM),  # the representation's reserved bytes
        (BIND[:8] + b"\x0a\x00" + BIND[10:], STREAM),  # shorter than its header
        (REQUEST[:-1], MIDDLE),  # not a whole one
        (DATAGRAM_REQUEST[:-1], DATAGRAM),
        (DATAGRAM_REQUEST[:5] + b"\x09" + DATAGRAM_REQUEST[6:], DATAGRAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, context, 1)
