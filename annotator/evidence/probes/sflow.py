"""sFlow: a version, an agent's address, and samples that count themselves."""

import ipaddress
from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SPECULATIVE, Answer, Probe, udp, verdict
from annotator.kernel.load import be32

MOST_SAMPLES = 256


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Version 5 (sFlow 5 section 5), whose samples chain; 2 and 4 (RFC 3176 section 4) are told by their header."""
    if end - i < 28:
        return NOTHING
    version, family = be32(data, i), be32(data, i + 4)
    if (version != 5 and version != 2 and version != 4) or family < 1 or family > 2:
        return NOTHING
    length = 4 if family == 1 else 16
    k = i + 8 + length + (4 if version == 5 else 0)  # then sequence, uptime, samples
    if end - k < 12:
        return NOTHING
    samples = be32(data, k + 8)
    if samples > MOST_SAMPLES:
        return NOTHING
    k += 12
    if version != 5:
        fits = samples and end - k >= 4 and 1 <= be32(data, k) <= 2
        return (verdict(SPECULATIVE, CLIENT, 1), i + 8, length) if fits else NOTHING
    for _ in range(samples):
        if k + 8 > end:
            break
        if be32(data, k) & 0xFFF > 16 or be32(data, k + 4) > finish - k - 8:
            return NOTHING
        k += 8 + be32(data, k + 4)
    whole = samples > 0 and (k == finish or (k + 8 > end and end < finish))
    return verdict(CONFIRMED if whole else SPECULATIVE, CLIENT, 0), i + 8, length


def spell(raw: bytes) -> str:
    """Write the agent's address."""
    return str(ipaddress.ip_address(raw)) if len(raw) in {4, 16} else ""


PROBE = Probe(
    name="sflow",
    title="sFlow",
    sources=("sFlow version 5 section 5 (sflow.org)", "RFC 3176 section 4"),
    bases=("version 5", "older version"),
    signatures=(
        udp(b"\x00\x00\x00\x05\x00\x00\x00\x00", mask=b"\xff\xff\xff\xff\xff\xff\xff\xfc", shortest=28),
        udp(b"\x00\x00\x00\x00\x00\x00\x00\x00", mask=b"\xff\xff\xff\xf9\xff\xff\xff\xfc", shortest=28),
    ),
    confirm=confirm,
    strength=75,
    label=spell,
)
