"""POP3: the greeting, CAPA, APOP, and STLS."""

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

GREETING, CAPABILITIES, LOGIN, STLS = range(4)
CAPA, APOP, USER, STLS_WORD, AUTH = (
    int.from_bytes(word, "big") for word in (b"capa", b"apop", b"user", b"stls", b"auth")
)
LONGEST_LINE: Final = 512  # RFC 2449 section 4
LONGEST_COMMAND: Final = 255


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``+OK`` and words first; CAPA or STLS alone in a payload. USER and AUTH are other protocols' words too."""
    stop = text.line_end(data, i, min(end, i + LONGEST_LINE))
    if stop == text.BROKEN or end - i < 4:
        return NOTHING
    first = be32(data, i)
    if u8(data, i) == 0x2B:
        if first != 0x2B4F4B20 or not context & START:  # "+OK "; Redis says "+OK" without a word behind it
            return NOTHING
        if stop == text.OPEN:
            return (verdict(MORE, SERVER, GREETING), 0, 0) if end == finish and end - i < LONGEST_LINE else NOTHING
        return verdict(CONFIRMED if stop - i > 7 else SPECULATIVE, SERVER, GREETING), i + 4, stop - i - 4
    if stop < 0:
        return NOTHING
    command = first | 0x20202020
    alone = text.lone_line(data, i, end, finish) == i + 4
    if command == STLS_WORD:
        return (verdict(CONFIRMED, CLIENT, STLS, UPGRADE), 0, 0) if alone else NOTHING
    if command == CAPA:
        return (verdict(CONFIRMED, CLIENT, CAPABILITIES, FOLLOW), 0, 0) if alone else NOTHING
    if not context & START or stop - i > LONGEST_COMMAND:
        return NOTHING
    if command == APOP and stop - i > 38 and u8(data, i + 4) == 32 and u8(data, stop - 33) == 32:
        return verdict(CONFIRMED, CLIENT, LOGIN), 0, 0  # the digest: 32 hexadecimal digits (RFC 1939 section 7)
    if (command == USER or command == AUTH) and (alone or u8(data, i + 4) == 32):
        return verdict(SPECULATIVE, CLIENT, LOGIN), 0, 0
    return NOTHING


PROBE = Probe(
    name="pop3",
    title="Post Office Protocol 3",
    sources=("RFC 1939 sections 3, 4 and 7", "RFC 2449 section 5", "RFC 2595 section 4"),
    bases=("greeting +OK", "CAPA", "login command", "STLS"),
    signatures=(
        tcp(b"+OK "),
        *(tcp(word, mask=b"\xdf" * 4, shortest=5, longest=LONGEST_COMMAND) for word in (b"CAPA", b"APOP", b"STLS")),
        *(tcp(word, mask=b"\xdf" * 4, shortest=6, longest=LONGEST_COMMAND) for word in (b"USER", b"AUTH")),
    ),
    confirm=confirm,
    strength=60,
)
