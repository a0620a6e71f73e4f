"""Tests of the smb probe."""

import pytest

from annotator.evidence.probe import CLIENT, FOLLOW, SERVER
from annotator.evidence.probes.smb import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


def framed(message: bytes) -> bytes:
    """Put a session header in front."""
    return len(message).to_bytes(4, "big") + message


def smb1(command: int, flags: int, body: bytes) -> bytes:
    """Make a message of SMB 1; strings are in Unicode."""
    head = b"\xffSMB" + bytes([command]) + bytes(4) + bytes([flags]) + bytes.fromhex("01c8") + bytes(20)
    return framed(head + body)


def smb2(command: int, flags: int, body: bytes) -> bytes:
    """Make a message of SMB 2."""
    head = b"\xfeSMB" + bytes.fromhex("4000 0100 00000000") + command.to_bytes(2, "little") + b"\x01\0"
    return framed(head + flags.to_bytes(4, "little") + bytes(44) + body)


NEGOTIATE = smb1(0x72, 0x18, b"\x00\x0c\x00\x02NT LM 0.12\0")
NEGOTIATED = smb1(0x72, 0x98, bytes(40))
SHARE = "\\\\srv\\pub\0".encode("utf-16-le")
TREE_1 = smb1(
    0x75,
    0x18,
    b"\x04\xff\0\0\0\x08\0" + b"\x01\0" + (len(SHARE) + 7).to_bytes(2, "little") + b"\0" + SHARE + b"?????\0",
)
NEGOTIATE_2 = smb2(0, 0, bytes.fromhex("2400 0200") + bytes(36))
NEGOTIATED_2 = smb2(0, 1, bytes(65))
PATH = "\\\\srv\\data".encode("utf-16-le")
TREE_2 = smb2(3, 0, bytes.fromhex("0900 0000 4800") + len(PATH).to_bytes(2, "little") + PATH)
READ_2 = smb2(8, 0, bytes(49))
SEALED = framed(b"\xfdSMB" + bytes(60))
SQUEEZED = framed(b"\xfcSMB" + bytes(60))


@pytest.mark.parametrize(
    "case",
    [
        Case(NEGOTIATE, STREAM, "SMB1 request", CLIENT, wishes=FOLLOW),
        Case(NEGOTIATED, STREAM, "SMB1 response", SERVER),
        Case(TREE_1, STREAM, "SMB1 request", CLIENT, "\\\\srv\\pub"),
        Case(NEGOTIATE_2, STREAM, "SMB2 request", CLIENT, wishes=FOLLOW),
        Case(NEGOTIATED_2, STREAM, "SMB2 response", SERVER),
        Case(TREE_2, MIDDLE, "SMB2 request", CLIENT, "\\\\srv\\data"),
        Case(READ_2, MIDDLE, "SMB2 request", CLIENT),
        Case(SEALED, MIDDLE, "encrypted SMB3"),
        Case(SQUEEZED, STREAM, "compressed SMB3"),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Three generations; a client is followed until it names a share."""
    known(PROBE, case)


def test_a_header_in_pieces_is_waited_for() -> None:
    """The magic is there, the flags are not."""
    waits(PROBE, NEGOTIATE_2[:20])


@pytest.mark.parametrize(
    "payload",
    [
        NEGOTIATE_2[:8] + b"\x41" + NEGOTIATE_2[9:],  # the header's size is 64
        NEGOTIATE_2[:16] + b"\x40" + NEGOTIATE_2[17:],  # no such command
        b"\0\0\0\x10" + NEGOTIATE[4:],  # shorter than a header
        b"\0\0\0\x40\xffSMC" + bytes(60),
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Magic alone is not enough."""
    unknown(PROBE, payload, STREAM, 0)
