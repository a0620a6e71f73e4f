"""SMTP and LMTP: the greeting, EHLO, and STARTTLS."""

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

GREETING, HELLO, STARTTLS, ENVELOPE = range(4)
SMTP, EHLO, HELO, LHLO, MAIL, RCPT, STAR, TTLS = (
    int.from_bytes(word, "big") for word in (b"smtp", b"ehlo", b"helo", b"lhlo", b"mail", b"rcpt", b"star", b"ttls")
)
LONGEST_LINE: Final = 512  # RFC 5321 section 4.5.3.1


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A greeting that says SMTP; EHLO with a domain; MAIL FROM or RCPT TO with a path; STARTTLS by itself."""
    stop = text.line_end(data, i, min(end, i + LONGEST_LINE))
    if stop == text.BROKEN or end - i < 6:
        return NOTHING
    if stop == text.OPEN:
        more = end == finish and context & START and end - i < LONGEST_LINE
        return (verdict(MORE, SERVER, GREETING), 0, 0) if more else NOTHING
    code = text.reply_code(data, i, end)
    if code == 220 or code == 421 or code == 554:  # RFC 5321 section 4.3.2: what may be the first reply
        if not context & START:
            return NOTHING
        return (
            verdict(CONFIRMED if text.holds(data, i, end, SMTP) else SPECULATIVE, SERVER, GREETING),
            i + 4,
            stop - i - 4,
        )
    command = be32(data, i) | 0x20202020
    if (command == EHLO or command == HELO or command == LHLO) and u8(data, i + 4) == 32 and stop > i + 5:
        return verdict(CONFIRMED if context & START else SPECULATIVE, CLIENT, HELLO, FOLLOW), 0, 0
    if command == STAR and stop == i + 8 and text.word_at(data, i + 4, end, TTLS):
        # EHLO comes before it; IRC's and NNTP's clients may begin so
        alone = text.lone_line(data, i, end, finish) >= 0 and not context & START
        return (verdict(CONFIRMED, CLIENT, STARTTLS, UPGRADE), 0, 0) if alone else NOTHING
    if (command == MAIL or command == RCPT) and end - i > 11:
        colon = i + (9 if command == MAIL else 7)  # MAIL FROM:<path>, RCPT TO:<path>
        if u8(data, i + 4) == 32 and u8(data, colon) == 0x3A and u8(data, stop - 1) != 32:
            # MAIL may yet be refused with 530 until STARTTLS (RFC 3207 section 4); who names recipients was let in
            return verdict(CONFIRMED, CLIENT, ENVELOPE, FOLLOW if command == MAIL else 0), 0, 0
    return NOTHING


PROBE = Probe(
    name="smtp",
    title="Simple Mail Transfer Protocol",
    sources=("RFC 5321 sections 4.1 to 4.3", "RFC 3207 section 4", "RFC 2033 section 4.1"),
    bases=("greeting 220", "EHLO", "STARTTLS", "MAIL or RCPT"),
    signatures=(
        tcp(b"220 ", mask=b"\xff\xff\xff\xf2", shortest=6),  # space or hyphen
        tcp(b"421 ", shortest=6),
        tcp(b"554 ", mask=b"\xff\xff\xff\xf2", shortest=6),
        *(
            tcp(word, mask=b"\xdf\xdf\xdf\xdf\xff", shortest=7)
            for word in (b"EHLO ", b"HELO ", b"LHLO ", b"MAIL ", b"RCPT ")
        ),
        tcp(b"STARTTLS", mask=b"\xdf" * 8, shortest=9, longest=10),
    ),
    confirm=confirm,
    strength=70,
)
