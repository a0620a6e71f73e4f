"""MongoDB: the wire protocol's message header."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, SPECULATIVE, Answer, Probe, tcp, verdict
from annotator.kernel.load import le32, u8

OP_REPLY, OP_UPDATE, OP_KILL_CURSORS, OP_COMPRESSED, OP_MSG = 1, 2001, 2007, 2012, 2013
LARGEST = 48_000_000


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Header: length, request id, response to, opcode, little-endian; then what the opcode asks for."""
    if end - i < 16:
        return NOTHING
    length, response_to, opcode = le32(data, i), le32(data, i + 8), le32(data, i + 12)
    if not 16 <= length <= LARGEST or (length < finish - i and length < 26):
        return NOTHING
    answers = response_to not in (0, 0xFFFFFFFF)
    role = SERVER if answers else CLIENT
    if opcode == OP_MSG:
        if end - i < 21:
            return verdict(SPECULATIVE, role, 0), 0, 0
        flags, kind = le32(data, i + 16), u8(data, i + 20)
        if flags & 0xFFFC or kind > 1:  # the low 16 bits are required ones: only two are known
            return NOTHING
        return verdict(CONFIRMED, role, 0), 0, 0
    if opcode == OP_COMPRESSED:
        if end - i < 25:
            return verdict(SPECULATIVE, role, 1), 0, 0
        return (
            (verdict(CONFIRMED, role, 1), 0, 0)
            if le32(data, i + 16) in (1, 2004, 2013) and u8(data, i + 24) <= 3
            else NOTHING
        )
    if opcode == OP_REPLY:
        if end - i < 36 or length < 36:
            return NOTHING
        fits = le32(data, i + 16) < 16 and le32(data, i + 32) < 100_000
        return (verdict(CONFIRMED, SERVER, 2), 0, 0) if fits and answers else NOTHING
    if OP_UPDATE <= opcode <= OP_KILL_CURSORS and opcode != 2003:
        if answers or end - i < 21:
            return NOTHING
        k = i + 20
        if opcode == 2004 or opcode == OP_UPDATE or opcode == 2006 or opcode == 2002:  # a collection's full name
            while k < end and u8(data, k) != 0:
                if not 0x20 <= u8(data, k) < 0x7F or k - i > 275:
                    return NOTHING
                k += 1
            return (verdict(CONFIRMED, CLIENT, 3), i + 20, k - i - 20) if k > i + 20 else NOTHING
        return verdict(SPECULATIVE, CLIENT, 3), 0, 0
    return NOTHING


PROBE = Probe(
    name="mongodb",
    title="MongoDB",
    sources=("MongoDB wire protocol: standard message header, OP_MSG, OP_QUERY, OP_REPLY, OP_COMPRESSED",),
    bases=("OP_MSG", "OP_COMPRESSED", "OP_REPLY", "legacy opcode"),
    signatures=(
        tcp(b"\xdd\x07\x00\x00", at=12),
        tcp(b"\xdc\x07\x00\x00", at=12),
        tcp(b"\x01\x00\x00\x00", at=12, shortest=36),
        tcp(b"\xd0\x07\x00\x00", at=12, mask=b"\xf8\xff\xff\xff"),
    ),
    confirm=confirm,
    strength=85,
)
