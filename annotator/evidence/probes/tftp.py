"""TFTP: requests, options, errors and data of full blocks."""

from typing import Any, Final

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    Answer,
    Probe,
    udp,
    verdict,
)
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

REQUEST, DATA, ACKNOWLEDGEMENT, ERROR, OPTIONS = range(5)
OCTET, NETASCII, MAIL = 0x6F637465, 0x6E657461, 0x6D61696C  # the modes' first letters, lower case
LONGEST_NAME: Final = 512  # RFC 2347: a request is no longer than 512 bytes
BLOCK: Final = 516
"""A full block of 512 bytes with its header (RFC 1350 section 5)."""


@kernel
def string_end(data: Any, i: int, end: int) -> int:
    """Give the place of the zero that ends the text at `i`, -1 where there is none or it is no text."""
    for k in range(i, min(end, i + LONGEST_NAME)):
        byte = u8(data, k)
        if byte == 0:
            return k
        if byte < 32 or byte == 127:
            return -1
    return -1


@kernel
def strings(data: Any, i: int, end: int) -> int:
    """Count the texts, each with its zero, that fill ``data[i:end]``; -1 where they do not."""
    count = 0
    while i < end:
        stop = string_end(data, i, end)
        if stop <= i:
            return -1
        count += 1
        i = stop + 1
    return count


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """RRQ and WRQ with name, mode and pairs of options (RFC 1350, RFC 2347); OACK; ERROR; DATA's block 1, if full."""
    if end - i < 4:
        return NOTHING
    size, code = finish - i, be16(data, i)
    if code == 1 or code == 2:
        name = string_end(data, i + 2, end)
        if name <= i + 2 or name + 5 > end:
            return NOTHING
        mode = be32(data, name + 1) | 0x20202020
        if mode != OCTET and mode != NETASCII and mode != MAIL:
            return NOTHING
        whole = end == finish and strings(data, name + 1, end) & 1 == 1
        return verdict(CONFIRMED if whole else SPECULATIVE, CLIENT, REQUEST), i + 2, name - i - 2
    if end < finish and code != 3:
        return NOTHING
    if code == 6:
        count = strings(data, i + 2, end)
        return (verdict(CONFIRMED, SERVER, OPTIONS), 0, 0) if count > 0 and count & 1 == 0 else NOTHING
    number = be16(data, i + 2)
    if code == 5:
        stop = string_end(data, i + 4, end)
        fits = number <= 8 and stop + 1 == finish and stop > i + 4
        return (verdict(CONFIRMED, ANY_ROLE, ERROR), 0, 0) if fits else NOTHING
    if code == 4:
        return verdict(SPECULATIVE, ANY_ROLE, ACKNOWLEDGEMENT), 0, 0
    return (verdict(CONFIRMED if size == BLOCK else SPECULATIVE, ANY_ROLE, DATA), 0, 0) if number == 1 else NOTHING


PROBE = Probe(
    name="tftp",
    title="Trivial File Transfer Protocol",
    sources=("RFC 1350 section 5 and appendix", "RFC 2347"),
    bases=("request", "first block", "acknowledgement", "error", "option acknowledgement"),
    signatures=(
        udp(b"\x00\x01", shortest=9, longest=LONGEST_NAME),
        udp(b"\x00\x02", shortest=9, longest=LONGEST_NAME),
        udp(b"\x00\x03\x00\x01", shortest=5),
        udp(b"\x00\x04\x00\x00", mask=b"\xff\xff\xff\xfe", shortest=4, longest=4),
        udp(b"\x00\x05\x00", shortest=6, longest=LONGEST_NAME),
        udp(b"\x00\x06", shortest=6, longest=LONGEST_NAME),
    ),
    confirm=confirm,
    strength=45,
)
