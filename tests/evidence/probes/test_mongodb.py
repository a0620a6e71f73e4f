"""Tests of the mongodb probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.mongodb import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown


def message(opcode: int, body: bytes, response_to: int = 0) -> bytes:
    """Put the standard header before a body."""
    head = (16 + len(body), 7, response_to, opcode)
    return b"".join(number.to_bytes(4, "little") for number in head) + body


HELLO = bytes.fromhex("10000000 10 68656c6c6f00 01000000 00")  # {hello: 1}
OP_MSG = message(2013, bytes(4) + b"\0" + HELLO)
ANSWER = message(2013, bytes(4) + b"\0" + HELLO, 7)
COMPRESSED = message(2012, bytes.fromhex("dd070000 15000000 02") + bytes(12))
QUERY = message(2004, bytes(4) + b"admin.$cmd\0" + bytes.fromhex("00000000 ffffffff") + HELLO)
REPLY = message(1, bytes.fromhex("08000000 0000000000000000 00000000 01000000") + HELLO, 7)
KILL = message(2007, bytes.fromhex("00000000 01000000 0102030405060708"))


@pytest.mark.parametrize(
    "case",
    [
        Case(OP_MSG, STREAM, "OP_MSG", CLIENT),
        Case(ANSWER, MIDDLE, "OP_MSG", SERVER),
        Case(COMPRESSED, MIDDLE, "OP_COMPRESSED", CLIENT),
        Case(QUERY, STREAM, "legacy opcode", CLIENT, "admin.$cmd"),
        Case(REPLY, STREAM, "OP_REPLY", SERVER),
        Case(KILL, STREAM, "legacy opcode", CLIENT, grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """What it answers tells who speaks; the collection is the label."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        OP_MSG[:12] + b"\xde\x07\0\0" + OP_MSG[16:],  # no such opcode
        OP_MSG[:16] + b"\x04" + OP_MSG[17:],  # a required flag that nobody knows
        OP_MSG[:20] + b"\x02" + OP_MSG[21:],  # no such section
        b"\x0f\0\0\0" + OP_MSG[4:],  # shorter than its header
        b"\xff\xff\xff\x7f" + OP_MSG[4:],
        COMPRESSED[:24] + b"\x09" + COMPRESSED[25:],  # no such compressor
        QUERY[:8] + b"\x07" + QUERY[9:],  # a query answers nothing
        QUERY.replace(b"admin", b"adm\x01n"),
        REPLY[:8] + bytes(4) + REPLY[12:],  # a reply answers something
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range."""
    unknown(PROBE, payload, STREAM, 1)
