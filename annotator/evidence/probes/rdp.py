"""RDP: the X.224 connection request and confirm, MCS, and the handshake of the UDP transport."""

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
    UPGRADE,
    Answer,
    Probe,
    tcp,
    udp,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be16, be32, le16, le32, u8

REQUEST, CONFIRM = 0xE0, 0xD0
BASES = ("connection request", "connection confirm", "MCS connect", "UDP SYN", "UDP SYN ACK", "TLS over UDP")


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """TPKT, X.224, then a cookie or the security negotiation ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2)."""
    if not context & TCP:  # [MS-RDPEUDP] 2.2.2.1, 2.2.2.2: acknowledged, window, flags, sequence, two MTUs
        if end - i >= 25 and be16(data, i + 6) == 0x000C and be32(data, i + 8) >> 16 == 1:
            # an acknowledgement of one element, two sequence numbers, and a TLS record
            record = u8(data, i + 20)
            fits = 0x14 <= record <= 0x17 and u8(data, i + 21) == 3 and i + 25 + be16(data, i + 23) <= finish
            return (verdict(CONFIRMED, ANY_ROLE, 5), 0, 0) if fits else NOTHING
        if end - i < 16 or not 1132 <= be16(data, i + 12) <= 1232 or not 1132 <= be16(data, i + 14) <= 1232:
            return NOTHING
        flags = be16(data, i + 6)
        if flags & 5 == 1 and be32(data, i) == 0xFFFFFFFF and finish - i >= 1132:
            return verdict(CONFIRMED, CLIENT, 3), 0, 0
        return (verdict(CONFIRMED, SERVER, 4), 0, 0) if flags & 5 == 5 and finish - i >= 1132 else NOTHING
    if end - i < 7:
        return (verdict(undecided(end, finish, context), 0, 0), 0, 0) if context & START else NOTHING
    size, indicator, kind = be16(data, i + 2), u8(data, i + 4), u8(data, i + 5)
    stop = i + size
    if kind == 0xF0 and indicator == 2 and size > 12:  # T.125: connect-initial, connect-response
        if end - i < 10:
            return verdict(undecided(end, finish, context), 0, 2), 0, 0
        mark = be16(data, i + 7)
        if u8(data, i + 6) != 0x80 or (mark != 0x7F65 and mark != 0x7F66):
            return NOTHING
        return verdict(CONFIRMED, CLIENT if mark == 0x7F65 else SERVER, 2), 0, 0
    if size < 11 or indicator != size - 5 or stop > finish or not context & START:
        return NOTHING
    if end - i < 11 or end < stop:
        return verdict(SPECULATIVE, ANY_ROLE, 0 if kind == REQUEST else 1), 0, 0
    if u8(data, i + 10) or (kind != REQUEST and kind != CONFIRM):  # class 0, no options
        return NOTHING
    if kind == CONFIRM:
        if size == 11:  # what servers without negotiation say; they all use this reference
            return verdict(CONFIRMED if be16(data, i + 8) == 0x1234 else SPECULATIVE, SERVER, 1), 0, 0
        if size != 19 or u8(data, i + 11) < 2 or u8(data, i + 11) > 3 or le16(data, i + 13) != 8:
            return NOTHING
        chosen = le32(data, i + 15)
        secure = u8(data, i + 11) == 2 and chosen > 0
        if chosen > 16:
            return NOTHING
        return verdict(CONFIRMED, SERVER, 1, UPGRADE if secure else 0), 0, 0
    if be16(data, i + 6):
        return NOTHING
    label, length = 0, 0
    k = i + 11
    known = False
    if stop - k > 8 and be32(data, k) == 0x436F6F6B:  # "Cook", of "Cookie: mstshash=", or a load balancer's token
        known = True
        while k < stop and u8(data, k) != 13:
            if u8(data, k) == 0x3D and not label:
                label = k + 1
            k += 1
        length = k - label if label else 0
        k += 2
    if stop - k >= 8 and u8(data, k) == 1 and le16(data, k + 2) == 8:  # TYPE_RDP_NEG_REQ
        wishes = UPGRADE if le32(data, k + 4) & 0x1B else 0
        return verdict(CONFIRMED, CLIENT, 0, wishes), label, length
    if known and k == stop:
        return verdict(CONFIRMED, CLIENT, 0), label, length
    return (verdict(SPECULATIVE, CLIENT, 0), label, length) if size == 11 or known else NOTHING


PROBE = Probe(
    name="rdp",
    title="Remote Desktop Protocol",
    sources=("[MS-RDPBCGR] 2.2.1", "[MS-RDPEUDP] 2.2.2", "RFC 1006 section 6", "ITU-T X.224", "ITU-T T.125"),
    bases=BASES,
    signatures=(
        tcp(b"\x03\x00\x00\x00\x00\xe0\x00\x00", mask=b"\xff\xff\xfe\x00\x00\xff\xff\xff"),
        tcp(b"\x03\x00\x00\x00\x00\xd0", mask=b"\xff\xff\xfe\x00\x00\xff", longest=64),
        tcp(b"\x03\x00\x00\x00\x02\xf0\x80\x7f", mask=b"\xff\xff\x00\x00\xff\xff\xff\xff"),
        udp(b"\xff\xff\xff\xff\x00\x00\x00\x01", mask=b"\xff\xff\xff\xff\x00\x00\x00\x05", shortest=1132, longest=1232),
        udp(b"\x05\x00\x00\x00\x00\x04\x00\x04", 7, b"\x05\x00\x00\x00\x00\xff\x00\xff", 1132, 1232),
        udp(b"\x00\x0c\x00\x01\x00\x00", at=6, mask=b"\xff\xff\xff\xff\x00\xff", shortest=25, longest=1232),
    ),
    confirm=confirm,
    strength=80,
)
