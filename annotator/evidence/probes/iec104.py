"""IEC 60870-5-104: the control information of an APDU."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, NOTHING, SERVER, Answer, Probe, tcp, verdict
from annotator.kernel.load import le16, u8

START_BYTE = 0x68
TYPES = 127


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """68, length, four control bytes: U and S formats are four bytes long, I frames carry an ASDU."""
    if end - i < 6 or u8(data, i) != START_BYTE:
        return NOTHING
    length, control = u8(data, i + 1), u8(data, i + 2)
    if not 4 <= length <= 253 or length > finish - i - 2:
        return NOTHING
    if control & 3 == 3:  # U: exactly one of the six bits
        if length != 4 or u8(data, i + 3) or le16(data, i + 4):
            return NOTHING
        bits = control >> 2
        if bits not in (1, 2, 4, 8, 16, 32):
            return NOTHING
        return verdict(CONFIRMED, CLIENT if bits == 1 else SERVER if bits == 2 else ANY_ROLE, 0), 0, 0
    if control & 3 == 1:  # S
        if length != 4 or control != 1 or u8(data, i + 3) or u8(data, i + 4) & 1:
            return NOTHING
        return (verdict(CONFIRMED, ANY_ROLE, 1), 0, 0) if finish - i == 6 else NOTHING
    if length < 10 or u8(data, i + 4) & 1 or end - i < 12:
        return NOTHING
    kind, cause = u8(data, i + 6), u8(data, i + 8) & 0x3F
    if not 1 <= kind <= TYPES or not 1 <= cause <= 47:
        return NOTHING
    exact = finish - i == length + 2 or (end > i + length + 2 and u8(data, i + length + 2) == START_BYTE)
    return (verdict(CONFIRMED, ANY_ROLE, 2), 0, 0) if exact else NOTHING


PROBE = Probe(
    name="iec104",
    title="IEC 60870-5-104",
    sources=("IEC 60870-5-104 section 5",),
    bases=("U frame", "S frame", "I frame"),
    signatures=(tcp(b"\x68", shortest=6),),
    confirm=confirm,
    strength=70,
)
