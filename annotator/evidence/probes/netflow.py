"""NetFlow 1, 5, 7 and 9, and IPFIX: a version, a count or length, and records or sets that fill it."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SPECULATIVE, TCP, Answer, Probe, anywhere, udp, verdict
from annotator.kernel.load import be16, be32

BASES = ("NetFlow 1", "NetFlow 5", "NetFlow 7", "NetFlow 9", "IPFIX")
SINCE = 0x30000000
"""Export times are after July 1995."""
MOST_SETS = 64


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A datagram of an exporter (Cisco's export formats 1, 5, 7; RFC 3954 section 5; RFC 7011 section 3)."""
    if end - i < 16:
        return NOTHING
    version, count, size = be16(data, i), be16(data, i + 2), finish - i
    if version == 1:
        fits = 1 <= count <= 24 and size == 16 + 52 * count and be32(data, i + 8) > SINCE
        return (verdict(CONFIRMED, CLIENT, 0), 0, 0) if fits else NOTHING
    if version == 5 or version == 7:
        record = 48 if version == 5 else 52
        fits = 1 <= count <= 30 and size == 24 + record * count and be32(data, i + 8) > SINCE
        return (verdict(CONFIRMED, CLIENT, 1 if version == 5 else 2), 0, 0) if fits else NOTHING
    if version == 9:
        if end - i < 24 or be32(data, i + 8) < SINCE or not 1 <= count <= 2048:
            return NOTHING
        k, last, least, template = i + 20, finish, 0, 1
    elif version == 10:
        if end - i < 20 or be32(data, i + 4) < SINCE or (count > size if context & TCP else count != size):
            return NOTHING
        k, last, least, template = i + 16, i + count, 2, 3
    else:
        return NOTHING
    sets = 0
    for _ in range(MOST_SETS):
        if k + 4 > min(end, last):
            break
        number, length = be16(data, k), be16(data, k + 2)
        if length < 4 or k + length > last or (template < number < 256) or number < least:
            return NOTHING
        sets += 1
        k += length
    if not sets or (k != last and k < end and sets < MOST_SETS and last - k >= 4):
        return NOTHING
    return verdict(CONFIRMED if k <= last else SPECULATIVE, CLIENT, version - 6), 0, 0


PROBE = Probe(
    name="netflow",
    title="NetFlow and IPFIX",
    sources=("Cisco NetFlow Export Datagram formats", "RFC 3954 section 5", "RFC 7011 section 3"),
    bases=BASES,
    signatures=(
        udp(b"\x00\x01\x00\x00", mask=b"\xff\xff\xff\xe0", shortest=68, longest=1264),
        udp(b"\x00\x05\x00\x00", mask=b"\xff\xfd\xff\xe0", shortest=72, longest=1584),
        udp(b"\x00\x09\x00\x00", mask=b"\xff\xff\xf8\x00", shortest=24),
        anywhere(b"\x00\x0a", shortest=20),
    ),
    confirm=confirm,
    strength=70,
)
