"""AMQP: the protocol header, and the frames that answer it."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, NOTHING, SERVER, START, Answer, Probe, tcp, verdict
from annotator.evidence.undecided import undecided
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

CONNECTION_CLASS = 10
FRAME_END = 0xCE


@kernel
def whole_frame(data: Any, i: int, end: int, finish: int) -> Answer:
    """Judge a frame in mid-stream: type, channel, size, and the end octet where the size says."""
    if end - i < 12 or not 1 <= u8(data, i) <= 3:
        return NOTHING
    last = i + 7 + be32(data, i + 3)
    if last >= end or u8(data, last) != FRAME_END:
        return NOTHING
    if u8(data, i) != 3 and be16(data, i + 7) not in (10, 20, 40, 50, 60, 85, 90):  # a body has no class
        return NOTHING
    if last + 1 != finish and (last + 1 >= end or not 1 <= u8(data, last + 1) <= 3):  # or another frame follows
        return NOTHING
    return verdict(CONFIRMED, ANY_ROLE, 2), 0, 0


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``AMQP`` and four bytes of version; 0-9-1's Connection methods on channel 0, and whole frames of any channel."""
    if not context & START:
        return whole_frame(data, i, end, finish)
    if end - i < 8:
        return verdict(undecided(end, finish, context), CLIENT, 0), 0, 0
    if be32(data, i) == 0x414D5150:
        layer, major = u8(data, i + 4), u8(data, i + 5)
        old = layer == 0 and major == 0 and u8(data, i + 6) in (8, 9)
        one = layer in (0, 2, 3) and major == 1 and be16(data, i + 6) == 0
        ancient = layer == 1 and major == 1
        return (verdict(CONFIRMED, CLIENT, 0), 0, 0) if old or one or ancient else NOTHING
    if u8(data, i) == 1 and be16(data, i + 1) == 0 and end - i >= 11:
        size = be32(data, i + 3)
        method = be16(data, i + 9)
        if be16(data, i + 7) != CONNECTION_CLASS or method not in (10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 60):
            return whole_frame(data, i, end, finish)
        last = i + 7 + size
        if last >= finish or (last < end and u8(data, last) != FRAME_END):
            return NOTHING
        return verdict(CONFIRMED, SERVER if method in (10, 20, 30, 41) else CLIENT, 1), 0, 0
    return whole_frame(data, i, end, finish)


PROBE = Probe(
    name="amqp",
    title="Advanced Message Queuing Protocol",
    sources=("AMQP 0-9-1 sections 2.3, 4.2", "OASIS AMQP 1.0 part 2 section 2.2"),
    bases=("protocol header", "Connection method", "frame"),
    signatures=(tcp(b"AMQP"), tcp(b"\x01\x00\x00\x00\x00", mask=b"\xff\x00\x00\xff\x00", shortest=12)),
    confirm=confirm,
    strength=85,
)
