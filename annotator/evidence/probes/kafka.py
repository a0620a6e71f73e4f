"""Kafka: request headers."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, START, Answer, Probe, tcp, verdict
from annotator.kernel.load import be16, be32, u8

LAST_KEY, LAST_VERSION = 92, 18
LARGEST = 100 << 20


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Size, API key, API version, correlation id, then the client's id, which is printable or null."""
    if not context & START or end - i < 14:
        return NOTHING
    size, key, version = be32(data, i), be16(data, i + 4), be16(data, i + 6)
    length = be16(data, i + 12)
    if not 10 <= size <= LARGEST or key > LAST_KEY or version > LAST_VERSION or be32(data, i + 8) >= 1 << 31:
        return NOTHING
    if size != finish - i - 4 or length == 0xFFFF or length > size - 10 or not 1 <= length <= 200:
        return NOTHING
    if end - i < 14 + length:
        return NOTHING
    for k in range(i + 14, i + 14 + length):
        if not 0x20 <= u8(data, k) < 0x7F:
            return NOTHING
    if length < 3 and be32(data, i + 8) > 1 << 16:  # a short id proves little
        return NOTHING
    return verdict(CONFIRMED, CLIENT, 0), i + 14, length


PROBE = Probe(
    name="kafka",
    title="Apache Kafka",
    sources=("Kafka protocol guide: request header v1",),
    bases=("request header",),
    signatures=(tcp(b"\x00\x00\x00\x00\x00\x00\x00", mask=b"\xff\x00\x00\x00\xff\x80\xff", shortest=15),),
    confirm=confirm,
    strength=60,
)
