"""OpenVPN: control packets whose session, packet numbers and lengths fit one of its three ways to protect them."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    TCP,
    Answer,
    Probe,
    tcp,
    udp,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

CLIENT_1, SERVER_1, CONTROL, ACK, CLIENT_2, SERVER_2, CLIENT_3 = 1, 2, 4, 5, 7, 8, 10
BASES = ("client's hard reset", "server's hard reset", "control packet", "acknowledgement")
EARLY = 64
"""Packet numbers of a beginning session are below this."""
SINCE = 0x38000000
"""Times are after 1999."""


@kernel
def tail_fits(data: Any, i: int, end: int, finish: int, operation: int) -> bool:
    """Say whether acknowledgements, the peer's session, a packet number and perhaps TLS stand at `i`."""
    if i >= end:
        return False
    count = u8(data, i)
    if count > 8 or (operation == ACK and count == 0):
        return False
    k = i + 1
    for _ in range(count):
        if k + 4 > end or be32(data, k) >= EARLY:
            return False
        k += 4
    if count:
        k += 8
    if operation == ACK:
        return k == finish
    if k + 4 > end or be32(data, k) >= EARLY:
        return False
    k += 4
    if operation != CONTROL:
        return k == finish
    return k == finish or (k + 3 <= end and be16(data, k) >> 8 >= 0x14 and be16(data, k) >> 8 <= 0x17)


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``opcode and key, session, [HMAC, packet number, time], acknowledgements, message number``."""
    if context & TCP:  # a length in front
        if end - i < 2 or be16(data, i) < 14 or not context & START:
            return NOTHING
        if i + 2 + be16(data, i) > end:
            return verdict(undecided(end, finish, context), ANY_ROLE, 0), 0, 0
        finish = i + 2 + be16(data, i)
        i += 2
        end = min(end, finish)
    size = finish - i
    if end - i < 14:
        return NOTHING
    operation, key = u8(data, i) >> 3, u8(data, i) & 7
    if operation == CLIENT_1 or operation == CLIENT_2 or operation == CLIENT_3:
        role, basis = CLIENT, 0
    elif operation == SERVER_1 or operation == SERVER_2:
        role, basis = SERVER, 1
    elif operation == CONTROL or operation == ACK:
        role, basis = ANY_ROLE, 2 if operation == CONTROL else 3
    else:
        return NOTHING
    reset = basis <= 1
    if (reset and key) or (be32(data, i + 1) == 0 and be32(data, i + 5) == 0):
        return NOTHING
    if tail_fits(data, i + 9, end, finish, operation):
        return verdict(CONFIRMED, role, basis), 0, 0
    for digest in (16, 20, 32, 64):  # tls-auth: MD5, SHA1, SHA256, SHA512
        k = i + 9 + digest
        fresh = k + 9 <= end and be32(data, k) < EARLY and be32(data, k + 4) > SINCE
        if fresh and tail_fits(data, k + 8, end, finish, operation):
            return verdict(CONFIRMED, role, basis), 0, 0
    # tls-crypt: packet number (0x0F......: of early negotiation) and time in clear, a tag of 32 bytes, then ciphertext
    number, time = be32(data, i + 9), be32(data, i + 9 + 4) if end - i >= 17 else 0
    if (size >= 54 and 0 < number < EARLY and time > SINCE) or (number >> 24 == 0x0F and size >= 54):
        exact = (operation == CLIENT_2 and size == 54) or (operation == SERVER_2 and 66 <= size <= 74)
        exact = exact or (operation == CLIENT_3 and 54 + 200 <= size <= 1300)
        return verdict(CONFIRMED if exact else SPECULATIVE, role, basis), 0, 0
    return NOTHING


PROBE = Probe(
    name="openvpn",
    title="OpenVPN",
    sources=("OpenVPN ssl_pkt.h and ssl.h", "OpenVPN doc/tls-crypt-v2.txt", "openvpn-rfc wire protocol draft"),
    bases=BASES,
    signatures=(
        udp(b"\x38", mask=b"\xff", shortest=14, longest=110),
        udp(b"\x40", mask=b"\xff", shortest=14, longest=120),
        udp(b"\x08", mask=b"\xff", shortest=14, longest=110),
        udp(b"\x10", mask=b"\xff", shortest=14, longest=110),
        udp(b"\x20", mask=b"\xf0", shortest=22),
        udp(b"\x50", mask=b"\xff", shortest=54, longest=1300),
        tcp(b"\x00\x00\x38", mask=b"\xff\x00\xff"),
        tcp(b"\x00\x00\x40", mask=b"\xff\x00\xff"),
        tcp(b"\x00\x00\x50", mask=b"\xfc\x00\xff"),
        tcp(b"\x00\x00\x08", mask=b"\xff\x00\xff"),
        tcp(b"\x00\x00\x10", mask=b"\xff\x00\xff"),
    ),
    confirm=confirm,
    strength=55,
)
