"""NNTP: the greeting, and commands that only it has."""

from typing import Any, Final

from annotator.evidence import text
from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    FOLLOW,
    MORE,
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

GREETING, COMMAND, STARTTLS = range(3)
NNTP, NEWS, MODE, CAPA, GROU, AUTH, STAR, READ, INFO = (
    int.from_bytes(word, "big")
    for word in (b"nntp", b"news", b"mode", b"capa", b"grou", b"auth", b"star", b"read", b"info")
)
LONGEST_LINE: Final = 512  # RFC 3977 section 3.1


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A greeting 200 or 201 that says NNTP or news; MODE READER, CAPABILITIES, GROUP, AUTHINFO (RFC 3977, RFC 4643)."""
    stop = text.line_end(data, i, min(end, i + LONGEST_LINE))
    if stop == text.BROKEN or end - i < 7:
        return NOTHING
    code = text.reply_code(data, i, end)
    if code >= 0:
        if not context & START or (code != 200 and code != 201):
            return NOTHING
        if stop == text.OPEN:
            return (verdict(MORE, SERVER, GREETING), 0, 0) if end == finish and end - i < LONGEST_LINE else NOTHING
        said = text.holds(data, i, stop, NNTP) or text.holds(data, i, stop, NEWS)
        return verdict(CONFIRMED if said else SPECULATIVE, SERVER, GREETING), i + 4, stop - i - 4
    if text.lone_line(data, i, end, finish) < 0:
        return NOTHING
    command = be32(data, i) | 0x20202020
    if command == STAR and stop == i + 8:
        return verdict(SPECULATIVE, CLIENT, STARTTLS, UPGRADE), 0, 0
    reader = command == MODE and text.word_at(data, i + 5, end, READ)
    known = reader or (command == CAPA and stop == i + 12) or (command == AUTH and text.word_at(data, i + 4, end, INFO))
    known = known or (command == GROU and u8(data, i + 5) == 32 and stop > i + 6)
    return (verdict(CONFIRMED if context & START else SPECULATIVE, CLIENT, COMMAND, FOLLOW), 0, 0) if known else NOTHING


PROBE = Probe(
    name="nntp",
    title="Network News Transfer Protocol",
    sources=("RFC 3977 sections 5 and 6", "RFC 4642", "RFC 4643"),
    bases=("greeting", "command", "STARTTLS"),
    signatures=(
        tcp(b"200 ", shortest=10),
        tcp(b"201 ", shortest=10),
        *(
            tcp(word, mask=b"\xdf" * len(word), shortest=8, longest=LONGEST_LINE)
            for word in (b"CAPABILI", b"GROUP", b"AUTHINFO")
        ),
        tcp(b"MODE REA", mask=b"\xdf\xdf\xdf\xdf\xff\xdf\xdf\xdf", shortest=12, longest=16),
        tcp(b"STARTTLS", mask=b"\xdf" * 8, shortest=9, longest=10),
    ),
    confirm=confirm,
    strength=58,
)
