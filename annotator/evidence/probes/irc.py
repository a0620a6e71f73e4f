"""IRC: registration, and a server's messages."""

from typing import Any, Final

from annotator.evidence import text
from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    UPGRADE,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.kernel.load import be32, u8

REGISTRATION, MESSAGE, NOTICE, STARTTLS = range(4)
NICK, USER, PASS, CAP, JOIN = (int.from_bytes(word, "big") for word in (b"nick", b"user", b"pass", b"cap ", b"join"))
STAR, NOTI, PRIV, MODE, PART, QUIT, ERRO = (
    int.from_bytes(word, "big") for word in (b"star", b"noti", b"priv", b"mode", b"part", b"quit", b"erro")
)
LONGEST_LINE: Final = 512  # RFC 1459 section 2.3; tags of IRCv3 aside


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """NICK, USER with four parameters, CAP; or ``:prefix`` with a numeric or a command (RFC 2812 sections 2.3, 3.1)."""
    stop = text.line_end(data, i, min(end, i + LONGEST_LINE))
    if stop < 0 or stop - i < 6:
        return NOTHING
    first = be32(data, i) | 0x20202020
    if u8(data, i) == 0x3A:
        k = i + 1
        while k < stop and u8(data, k) > 32:
            k += 1
        if k == i + 1 or k + 5 > stop:
            return NOTHING
        word = be32(data, k + 1) | 0x20202020
        numeric = text.digits(data, k + 1, 3) >= 0 and u8(data, k + 4) == 32
        named = (
            word == NOTI or word == PRIV or word == MODE or word == JOIN or word == PART or word == QUIT or word == NICK
        )
        if numeric or named:
            grade = CONFIRMED if context & START or numeric else SPECULATIVE
            return verdict(grade, SERVER, MESSAGE), i + 1, k - i - 1
        return NOTHING
    if not context & START:
        return NOTHING
    if first == STAR and stop == i + 8 and text.lone_line(data, i, end, finish) >= 0:
        return verdict(SPECULATIVE, CLIENT, STARTTLS, UPGRADE), 0, 0
    if first == NOTI and stop - i > 12 and u8(data, i + 6) == 32:
        return verdict(CONFIRMED, SERVER, NOTICE), i + 7, stop - i - 7
    if first == ERRO and u8(data, i + 6) == 0x3A:
        return verdict(CONFIRMED, SERVER, NOTICE), i + 7, stop - i - 7
    if first == CAP:
        word = be32(data, i + 3) | 0x20202020
        listed = word == 0x206C7320 or word == 0x20726571 or (word >> 8 == 0x206C73 and stop == i + 6)  # LS, REQ
        return (verdict(CONFIRMED, CLIENT, REGISTRATION), 0, 0) if listed else NOTHING
    if first == NICK and u8(data, i + 4) == 32 and stop - i < 40:
        return verdict(CONFIRMED, CLIENT, REGISTRATION), i + 5, stop - i - 5
    if first == USER and u8(data, i + 4) == 32:
        spaces, colon = 0, False
        for k in range(i + 4, stop):
            spaces += 1 if u8(data, k) == 32 and not colon else 0
            colon = colon or (u8(data, k) == 0x3A and u8(data, k - 1) == 32)
        return (verdict(CONFIRMED, CLIENT, REGISTRATION), 0, 0) if spaces >= 4 and colon else NOTHING
    if first == PASS and u8(data, i + 4) == 32:
        following = text.next_line(data, stop, end)
        named = text.word_at(data, following, end, NICK) or text.word_at(data, following, end, USER)
        return (verdict(CONFIRMED, CLIENT, REGISTRATION), 0, 0) if named else NOTHING
    return NOTHING


PROBE = Probe(
    name="irc",
    title="Internet Relay Chat",
    sources=("RFC 1459 section 2.3", "RFC 2812 sections 2.3, 3.1 and 5", "IRCv3 Capability Negotiation and STARTTLS"),
    bases=("registration", "message", "notice", "STARTTLS"),
    signatures=(
        tcp(b":", shortest=12),
        *(tcp(word, mask=b"\xdf" * 4 + b"\xff", shortest=7) for word in (b"NICK ", b"USER ", b"PASS ")),
        tcp(b"CAP ", mask=b"\xdf\xdf\xdf\xff", shortest=7),
        tcp(b"NOTICE ", mask=b"\xdf" * 6 + b"\xff", shortest=12),
        tcp(b"ERROR :", shortest=12),
        tcp(b"STARTTLS", mask=b"\xdf" * 8, shortest=9, longest=10),
    ),
    confirm=confirm,
    strength=66,
)
