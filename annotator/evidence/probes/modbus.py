"""Modbus/TCP: the MBAP header and the function's own arithmetic."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.kernel.load import be16, u8

FUNCTIONS = (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, 43, 90)


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Transaction, protocol 0, length of the rest, unit, function."""
    if end - i < 8:
        return NOTHING
    length, code = be16(data, i + 4), u8(data, i + 7)
    if be16(data, i + 2) != 0 or not 2 <= length <= 254 or length > finish - i - 6:
        return NOTHING
    exact = length == finish - i - 6
    function = code & 0x7F
    if function not in FUNCTIONS:
        return NOTHING
    if code & 0x80:
        fits = length == 3 and end - i >= 9 and 1 <= u8(data, i + 8) <= 11
        return (verdict(CONFIRMED if exact else SPECULATIVE, SERVER, 1), 0, 0) if fits else NOTHING
    if function <= 4 and end - i >= 9:
        if length == 6 and end - i >= 12 and 1 <= be16(data, i + 10) <= 2000:
            if u8(data, i + 8) == length - 3:  # an answer of three bytes looks the same
                return verdict(CONFIRMED if exact else SPECULATIVE, ANY_ROLE, 0), 0, 0
            return verdict(CONFIRMED, CLIENT, 0), 0, 0
        return (verdict(CONFIRMED, SERVER, 0), 0, 0) if u8(data, i + 8) == length - 3 else NOTHING
    if function in (5, 6) and length == 6:
        return verdict(CONFIRMED if exact else SPECULATIVE, ANY_ROLE, 0), 0, 0
    if function in (15, 16) and length == 6:
        return verdict(CONFIRMED if exact else SPECULATIVE, SERVER, 0), 0, 0
    if function in (15, 16) and end - i >= 13:
        return (verdict(CONFIRMED, CLIENT, 0), 0, 0) if u8(data, i + 12) == length - 7 else NOTHING
    return (verdict(SPECULATIVE, ANY_ROLE, 0), 0, 0) if exact else NOTHING


PROBE = Probe(
    name="modbus",
    title="Modbus/TCP",
    sources=("Modbus messaging on TCP/IP implementation guide 1.0b section 3.1", "Modbus application protocol 1.1b3"),
    bases=("function", "exception"),
    signatures=(tcp(b"\x00\x00\x00", at=2, shortest=8),),
    confirm=confirm,
    strength=60,
)
