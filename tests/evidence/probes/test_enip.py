"""Tests of the enip probe."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.enip import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, Case, known, unknown


def message(command: int, body: bytes, session: int = 0) -> bytes:
    """Put the encapsulation header before a body."""
    head = command.to_bytes(2, "little") + len(body).to_bytes(2, "little") + session.to_bytes(4, "little")
    return head + bytes(4) + b"\x5f pyc!\0\0" + bytes(4) + body


WHO = message(0x63, b"")
IDENTITY = message(0x63, bytes.fromhex("0100 0c00 0600") + bytes(6))
REGISTER = message(0x65, bytes.fromhex("0100 0000"))
REGISTERED = message(0x65, bytes.fromhex("0100 0000"), 0x0B020100)
SEND = message(0x6F, bytes.fromhex("00000000 0a00 0200 0000 0000 b200 0200 0102"), 0x0B020100)
IO = bytes.fromhex("0200 0280 0800 01000000 02000000 b100 0600 0100 01020304")


@pytest.mark.parametrize(
    "case",
    [
        Case(WHO, DATAGRAM, "encapsulation header", CLIENT),
        Case(IDENTITY, DATAGRAM, "encapsulation header", SERVER),
        Case(REGISTER, MIDDLE, "encapsulation header", CLIENT),
        Case(REGISTERED, MIDDLE, "encapsulation header", SERVER),
        Case(SEND, MIDDLE, "encapsulation header", ANY_ROLE),
        Case(message(0x66, b"", 7), MIDDLE, "encapsulation header", CLIENT),
        Case(SEND + SEND, MIDDLE, "encapsulation header", ANY_ROLE, grade=SPECULATIVE),
        Case(IO, DATAGRAM, "I/O packet", ANY_ROLE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """On both transports; asking and answering differ in length or session."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (message(0x67, b""), MIDDLE),  # no such command
        (SEND[:-1], MIDDLE),
        (SEND[:8] + b"\x6a" + SEND[9:], MIDDLE),  # no such status
        (SEND[:20] + b"\x01" + SEND[21:], MIDDLE),  # options
        (message(0x65, b"\x01\0"), MIDDLE),
        (message(0x66, b"\x01"), MIDDLE),
        (IO + b"\0", DATAGRAM),
        (IO[:14] + b"\xb2" + IO[15:], DATAGRAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, context, 0)
