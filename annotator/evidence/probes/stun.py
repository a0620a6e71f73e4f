"""STUN and TURN: a header whose length and attributes bear each other out."""

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
from annotator.kernel.load import be16, be32

COOKIE = 0x2112A442
REQUEST, SUCCESS = 0, 2
MESSAGE_INTEGRITY, PRIORITY, CONTROLLED, CONTROLLING, SOFTWARE = 0x0008, 0x0024, 0x8029, 0x802A, 0x8022
OLD_LAST = 0x000B
"""The last of RFC 3489's attributes."""
BINDING = 0x3EEF
"""Mask of a type's method; Binding is 1."""
MOST_ATTRIBUTES = 64


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A message of RFC 8489, or of RFC 3489, which had no magic cookie; over TCP perhaps behind RFC 4571's length."""
    if context & TCP and end - i >= 22 and be16(data, i) == finish - i - 2 and be32(data, i + 6) == COOKIE:
        i += 2
    if end - i < 20:
        if end - i >= 8 and be32(data, i + 4) == COOKIE and context & START:
            return verdict(undecided(end, finish, context), ANY_ROLE, REQUEST), 0, 0
        return NOTHING
    kind, length = be16(data, i), be16(data, i + 2)
    modern = be32(data, i + 4) == COOKIE
    stop = i + 20 + length
    if kind >> 14 or (stop > finish if context & TCP else stop != finish):
        return NOTHING
    if not modern and (context & TCP or kind & 0xFEE8 or kind & 7 == 0 or kind & 0x0010 or length & 3):
        return NOTHING
    message_class = (kind >> 7 & 2) | (kind >> 4 & 1)
    peers, signed_by, known = False, False, 0
    label, label_length = 0, 0
    k = i + 20
    for _ in range(MOST_ATTRIBUTES):
        if k + 4 > min(end, stop):
            break
        attribute, size = be16(data, k), be16(data, k + 2)
        if k + 4 + size > stop:
            return NOTHING
        if attribute == PRIORITY or attribute == CONTROLLED or attribute == CONTROLLING:
            peers = True
        if attribute == MESSAGE_INTEGRITY:
            signed_by = True
        if attribute == SOFTWARE and k + 4 + size <= end:
            label, label_length = k + 4, size
        if 0 < attribute <= OLD_LAST:
            known += 1
        k += 4 + (size + 3 & ~3)
    role = ANY_ROLE  # in ICE both ends ask (RFC 8445 section 7.1)
    if message_class == REQUEST and not peers:
        role = CLIENT
    elif message_class >= SUCCESS and not (signed_by and kind & BINDING == 1):
        role = SERVER
    if modern:
        wishes = UPGRADE if kind & BINDING == 1 else 0  # after Binding, DTLS or media between the same ports (RFC 7983)
        return verdict(CONFIRMED, role, message_class, wishes), label, label_length
    if k != stop and k < end:
        return NOTHING
    # a bare header without the cookie is 32 bits of evidence; attributes that fill the length are more
    fits = stop <= end and length and (known or kind == 1)
    if not fits and not known and kind != 1:
        return NOTHING
    return verdict(CONFIRMED if fits else SPECULATIVE, role, message_class), label, label_length


PROBE = Probe(
    name="stun",
    title="Session Traversal Utilities for NAT",
    sources=("RFC 8489 sections 5, 14", "RFC 3489 section 11", "RFC 8656", "RFC 8445 section 7.1", "RFC 4571"),
    bases=("request", "indication", "success response", "error response"),
    signatures=(
        udp(b"\x21\x12\xa4\x42", at=4),
        tcp(b"\x21\x12\xa4\x42", at=4),
        tcp(b"\x21\x12\xa4\x42", at=6),
        udp(b"\x00\x00\x00\x00", mask=b"\xfe\xe8\xfc\x03", shortest=20, longest=600),
    ),
    confirm=confirm,
    opens=True,
    strength=80,
    label=lambda raw: raw.decode("utf-8", "replace").rstrip("\0"),
)
