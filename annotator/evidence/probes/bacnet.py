"""BACnet/IP: the virtual link layer and the network layer behind it."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, NOTHING, SERVER, Answer, Probe, udp, verdict
from annotator.kernel.load import be16, u8

LAST_FUNCTION = 0x0B
FORWARDED, UNICAST, BROADCAST, DISTRIBUTE = 0x04, 0x0A, 0x0B, 0x09
CONFIRMED_REQUEST, UNCONFIRMED_REQUEST = 0, 1


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """BVLC type 81, function, length of the whole; an NPDU has version 1."""
    if end - i < 4 or u8(data, i) != 0x81 or u8(data, i + 1) > LAST_FUNCTION or be16(data, i + 2) != finish - i:
        return NOTHING
    function = u8(data, i + 1)
    k = i + (10 if function == FORWARDED else 4)
    if function not in (FORWARDED, UNICAST, BROADCAST, DISTRIBUTE):
        return verdict(CONFIRMED, ANY_ROLE, 0), 0, 0
    if end - k < 3 or u8(data, k) != 1:
        return NOTHING
    control = u8(data, k + 1)
    if control & 0x50:  # reserved bits
        return NOTHING
    if control & 0xA8 == 0:  # an application message, no routing information: its kind says who speaks
        kind = u8(data, k + 2) >> 4
        if kind > 7:
            return NOTHING
        role = CLIENT if kind == CONFIRMED_REQUEST else ANY_ROLE if kind == UNCONFIRMED_REQUEST else SERVER
        return verdict(CONFIRMED, role, 1), 0, 0
    return verdict(CONFIRMED, ANY_ROLE, 1), 0, 0


PROBE = Probe(
    name="bacnet",
    title="BACnet/IP",
    sources=("ASHRAE 135 annex J.2", "ASHRAE 135 clause 6.2"),
    bases=("BVLC function", "NPDU"),
    signatures=(udp(b"\x81\x00", mask=b"\xff\xf0", shortest=4),),
    confirm=confirm,
    strength=80,
)
