"""DHCPv6: a message type, and options that fill the datagram."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, SPECULATIVE, Answer, Probe, udp, verdict
from annotator.evidence.probes._dns import spell
from annotator.kernel.load import be16, u8

CLIENT_ID, SERVER_ID, RELAY_MESSAGE, FQDN = 1, 2, 9, 39
RELAY_FORWARD, RELAY_REPLY = 12, 13


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``type, transaction, options`` or a relay's 34 bytes and options (RFC 8415 sections 8, 9)."""
    if end - i < 8:
        return NOTHING
    kind = u8(data, i)
    if kind < 1 or kind > RELAY_REPLY:
        return NOTHING
    relayed = kind >= RELAY_FORWARD
    role, basis = (SERVER, 1) if kind == 2 or kind == 7 or kind == 10 or kind == 13 else (CLIENT, 0)
    k = i + (34 if relayed else 4)
    shown = False
    label, length = 0, 0
    while k + 4 <= end:
        option, size = be16(data, k), be16(data, k + 2)
        if option == 0 or option > 160 or k + 4 + size > finish:
            return NOTHING
        if (option == CLIENT_ID or option == SERVER_ID) and k + 6 <= end:  # a DUID of types 1 to 4 (section 11)
            if not 1 <= be16(data, k + 4) <= 4 or not 4 <= size <= 130:
                return NOTHING
            shown = True
        if option == RELAY_MESSAGE and relayed:
            shown = True
        if option == FQDN and size > 2 and k + 4 + size <= end:
            label, length = k + 5, size - 1
        k += 4 + size
    if k != finish and k < end:
        return NOTHING
    if end == finish and k != finish:
        return NOTHING
    return verdict(CONFIRMED if shown else SPECULATIVE, role, basis), label, length


PROBE = Probe(
    name="dhcpv6",
    title="Dynamic Host Configuration Protocol for IPv6",
    sources=("RFC 8415 sections 7.3, 8, 9, 11, 21", "RFC 4704"),
    bases=("client's message", "server's message"),
    signatures=(
        udp(b"\x00\x00\x00\x00\x00\x00\x00", mask=b"\xf0\x00\x00\x00\xff\x00\xfe", shortest=8),
        udp(b"\x0c", mask=b"\xfe", shortest=38),
    ),
    confirm=confirm,
    strength=60,
    label=spell,
)
