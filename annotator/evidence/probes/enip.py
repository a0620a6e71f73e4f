"""EtherNet/IP: the encapsulation header."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    UDP,
    Answer,
    Probe,
    anywhere,
    udp,
    verdict,
)
from annotator.kernel.load import le16, le32

SEQUENCED_ADDRESS, CONNECTED_DATA = 0x8002, 0x00B1
"""The two items of a class 1 I/O packet."""
COMMANDS = (0x0001, 0x0004, 0x0063, 0x0064, 0x0065, 0x0066, 0x006F, 0x0070, 0x0072, 0x0073)
LIST_SERVICES, LIST_IDENTITY, LIST_INTERFACES, REGISTER, UNREGISTER = 0x0004, 0x0063, 0x0064, 0x0065, 0x0066


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Command, length of what follows the 24 bytes, session, status, context, options 0: little-endian."""
    if context & UDP and end - i >= 18 and le16(data, i) == 2 and le16(data, i + 2) == SEQUENCED_ADDRESS:
        fits = le16(data, i + 4) == 8 and le16(data, i + 14) == CONNECTED_DATA and le16(data, i + 16) == finish - i - 18
        return (verdict(CONFIRMED, ANY_ROLE, 1), 0, 0) if fits else NOTHING
    if end - i < 24:
        return NOTHING
    command, length, session, status = le16(data, i), le16(data, i + 2), le32(data, i + 4), le32(data, i + 8)
    if command not in COMMANDS or length > 65511 or le32(data, i + 20) != 0 or status > 0x69:
        return NOTHING
    if length != finish - i - 24:
        return NOTHING if length > finish - i - 24 else (verdict(SPECULATIVE, ANY_ROLE, 0), 0, 0)
    role = ANY_ROLE
    if command in (LIST_SERVICES, LIST_IDENTITY, LIST_INTERFACES):
        role = SERVER if length else CLIENT
    elif command == REGISTER:
        if length != 4:
            return NOTHING
        role = SERVER if session else CLIENT
    elif command == UNREGISTER:
        if length:
            return NOTHING
        role = CLIENT
    return verdict(CONFIRMED, role, 0), 0, 0


PROBE = Probe(
    name="enip",
    title="EtherNet/IP",
    sources=("The CIP networks library volume 2, chapter 2-3: encapsulation",),
    bases=("encapsulation header", "I/O packet"),
    signatures=(
        udp(b"\x02\x00\x02\x80\x08\x00", shortest=18),
        anywhere(b"\x60\x00", mask=b"\xf0\xff", shortest=24),
        anywhere(b"\x70\x00", mask=b"\xfc\xff", shortest=24),
        anywhere(b"\x04\x00\x00\x00", shortest=24),
        anywhere(b"\x04\x00", shortest=26),
    ),
    confirm=confirm,
    strength=75,
)
