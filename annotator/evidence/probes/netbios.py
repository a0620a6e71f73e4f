"""NetBIOS over TCP/IP: name service, datagrams, and the setting up of sessions."""

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
from annotator.evidence.probes._dns import letters_at
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be16, be32, u8

NAME, DATAGRAM, SESSION, ACCEPTED, REFUSED = 0, 1, 2, 3, 4
ENCODED = b"\x20\x40\x40\x40\x40\x40\x40\x40"  # the count of an encoded name, and letters
LETTERS = b"\xff\xe0\xe0\xe0\xe0\xe0\xe0\xe0"


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A packet of RFC 1002 section 4: what bears it out are its encoded names and lengths."""
    size = finish - i
    if context & TCP:
        if end - i < 4 or (not context & START and u8(data, i) != 0x81):
            return NOTHING
        length = be32(data, i) & 0x1FFFF
        kind = u8(data, i)
        if kind == 0x81:  # session request: called and calling name
            if not 68 <= length <= 512:
                return NOTHING
            if end - i < 37:
                if not context & START:
                    return NOTHING
                return verdict(undecided(end, finish, context), CLIENT, SESSION), 0, 0
            return (verdict(CONFIRMED, CLIENT, SESSION), i + 5, 32) if letters_at(data, i + 4, end) == 32 else NOTHING
        if kind == 0x82 and length == 0 and size == 4:
            return verdict(CONFIRMED, SERVER, ACCEPTED), 0, 0
        if kind == 0x83 and length == 1 and size == 5 and end == finish and u8(data, i + 4) & 0x70 == 0:
            return verdict(CONFIRMED, SERVER, REFUSED), 0, 0
        return NOTHING
    if end - i < 10:
        return NOTHING
    letters = letters_at(data, i + 12, end)
    if letters > 24 and u8(data, i + 3) & 0x60 == 0 and be16(data, i + 4) <= 1:  # name service
        high = u8(data, i + 2)
        stop = i + 45
        while stop < end and 0 < u8(data, stop) < 64:  # the scope
            stop += 1 + u8(data, stop)
        if stop + 5 > end:
            return verdict(undecided(end, finish, context), ANY_ROLE, NAME), i + 13, 32
        kind = be16(data, stop + 1)
        if u8(data, stop) or be16(data, stop + 3) & 0x7FFF != 1 or not (kind == 0x20 or kind == 0x21 or kind == 10):
            return NOTHING
        return verdict(CONFIRMED if letters == 32 else SPECULATIVE, SERVER if high >> 7 else CLIENT, NAME), i + 13, 32
    kind = u8(data, i)
    letters = letters_at(data, i + 14, end)
    if 0x10 <= kind <= 0x12 and letters > 24 and u8(data, i + 1) < 0x10:  # datagram with user data
        whole = letters == 32 and (be16(data, i + 10) + 14 == size or be16(data, i + 12) or u8(data, i + 1) & 3 != 2)
        return verdict(CONFIRMED if whole else SPECULATIVE, ANY_ROLE, DATAGRAM), i + 15, 32
    if (
        0x14 <= kind <= 0x16 and letters_at(data, i + 10, end) == 32 and u8(data, i + 1) < 0x10
    ):  # datagram query, its answers
        return verdict(CONFIRMED, CLIENT if kind == 0x14 else SERVER, DATAGRAM), i + 11, 32
    return NOTHING


def spell(raw: bytes) -> str:
    """Decode a name: each letter is half a byte; the 16th byte tells the kind (RFC 1001 section 14.1)."""
    halves = [letter - 0x41 for letter in raw]
    plain = bytes((16 * a + b) & 255 for a, b in zip(halves[::2], halves[1::2], strict=False))
    text = plain[:15].decode("ascii", "backslashreplace").rstrip(" ").rstrip("\0")
    return f"{text}<{plain[15]:02x}>" if len(plain) > 15 else text


PROBE = Probe(
    name="netbios",
    title="NetBIOS over TCP/IP",
    sources=("RFC 1001 section 14.1", "RFC 1002 sections 4.2, 4.3, 4.4"),
    bases=("name service", "datagram", "session request", "session accepted", "session refused"),
    signatures=(
        udp(ENCODED, at=12, mask=LETTERS, shortest=50),
        udp(b"\x10\x00", mask=b"\xf8\xf0", shortest=44),
        tcp(b"\x81\x00\x00", mask=b"\xff\xfe\xfe", shortest=4),
        tcp(b"\x82\x00\x00\x00", longest=4),
        tcp(b"\x83\x00\x00\x01\x80", mask=b"\xff\xff\xff\xff\xf0", longest=5),
    ),
    confirm=confirm,
    strength=85,
    label=spell,
)
