"""Tests of the rdp probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE, UPGRADE
from annotator.evidence.probes.rdp import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits


def x224(kind: int, reference: bytes, variable: bytes) -> bytes:
    """Make TPKT and an X.224 connection request or confirm, class 0."""
    head = bytes([kind, 0, 0]) + reference + b"\0"
    if kind == 0xD0:
        head = bytes([kind, 0x12, 0x34]) + reference + b"\0"
    body = bytes([len(head) + len(variable)]) + head + variable
    return b"\x03\0" + (len(body) + 4).to_bytes(2, "big") + body


COOKIE = b"Cookie: mstshash=alice\r\n"
WANTS = bytes.fromhex("01 00 0800 0b000000")  # TLS, CredSSP
STANDARD = bytes.fromhex("01 00 0800 00000000")
REQUEST = x224(0xE0, b"\0\0", COOKIE + WANTS)
PLAIN = x224(0xE0, b"\0\0", COOKIE)
OLD = x224(0xE0, b"\0\0", STANDARD)
BARE = x224(0xE0, b"\0\0", b"")
CONFIRM = x224(0xD0, b"\x12\x34", bytes.fromhex("02 1f 0800 02000000"))
FAILURE = x224(0xD0, b"\x12\x34", bytes.fromhex("03 00 0800 05000000"))
OLD_CONFIRM = x224(0xD0, b"\x12\x34", b"")
MCS = bytes.fromhex("0300 0190 02f080 7f65 8201 84") + bytes(60)
SYN = bytes.fromhex("ffffffff 0040 1001 e65f846d 04d0 04d0") + bytes(1216)
SYN_ACK = bytes.fromhex("e65f846d 0040 0005 10976033 04d0 04d0") + bytes(1216)
OVER_UDP = bytes.fromhex("10976033 0400 000c 0001 01 00 e65f846d e65f846d 16 0301 0010") + bytes(16)


@pytest.mark.parametrize(
    "case",
    [
        Case(REQUEST, STREAM, "connection request", CLIENT, "alice", wishes=UPGRADE),
        Case(PLAIN, STREAM, "connection request", CLIENT, "alice"),
        Case(OLD, STREAM, "connection request", CLIENT),
        Case(BARE, STREAM, "connection request", CLIENT, grade=SPECULATIVE),
        Case(CONFIRM, STREAM, "connection confirm", SERVER, wishes=UPGRADE),
        Case(FAILURE, STREAM, "connection confirm", SERVER),
        Case(OLD_CONFIRM, STREAM, "connection confirm", SERVER),
        Case(MCS, MIDDLE, "MCS connect", CLIENT),
        Case(SYN, DATAGRAM, "UDP SYN", CLIENT),
        Case(SYN_ACK, DATAGRAM, "UDP SYN ACK", SERVER),
        Case(OVER_UDP, DATAGRAM, "TLS over UDP"),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Both transports; TLS follows where both speak of it."""
    known(PROBE, case)


def test_what_is_not_all_there_is_waited_for() -> None:
    """The MCS header follows X.224's."""
    waits(PROBE, MCS[:8])


@pytest.mark.parametrize(
    "payload",
    [
        x224(0xE0, b"\0\0", bytes.fromhex("c0010a c1020100 c2020102")),  # S7comm's parameters
        x224(0xE0, b"\0\1", b"Cookie: other\r\n!"),
        REQUEST[:4] + b"\x06" + REQUEST[5:],  # the two lengths do not agree
        CONFIRM[:11] + b"\x07" + CONFIRM[12:],
        CONFIRM[:15] + b"\xff" + CONFIRM[16:],  # no such protocol
        MCS[:7] + b"\x30\x82" + MCS[9:],
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Others use TPKT and X.224 too."""
    unknown(PROBE, payload, STREAM)
