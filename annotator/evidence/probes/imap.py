"""IMAP: the greeting, tagged commands, and STARTTLS."""

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

GREETING, COMMAND, TLS = range(3)
CAPA, LOGI, STAR, OK, PREAUTH, BYE = 0x63617061, 0x6C6F6769, 0x73746172, 0x2A204F4B, 0x2A205052, 0x2A204259
"""capa, login, starttls by four letters; ``* OK``, ``* PR``, ``* BY``."""
LONGEST_LINE: Final = 2048
LONGEST_TAG: Final = 6


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``* OK`` and words first; a command behind a tag, STARTTLS among them."""
    stop = text.line_end(data, i, min(end, i + LONGEST_LINE))
    if stop == text.BROKEN or end - i < 8:
        return NOTHING
    if u8(data, i) == 0x2A:
        greets = be32(data, i) == OK or be32(data, i) == PREAUTH or be32(data, i) == BYE
        if not greets or not context & START:
            return NOTHING
        if stop == text.OPEN:
            return (verdict(MORE, SERVER, GREETING), 0, 0) if end == finish else NOTHING
        return verdict(CONFIRMED, SERVER, GREETING), i + 2, stop - i - 2
    k = i
    while k < end and k - i <= LONGEST_TAG and u8(data, k) > 32:
        k += 1
    if stop < 0 or k + 5 > end or k == i or u8(data, k) != 32:
        return NOTHING
    command = be32(data, k + 1) | 0x20202020
    if command == STAR:
        upgrades = text.lone_line(data, i, end, finish) == k + 9
        return (verdict(CONFIRMED, CLIENT, TLS, UPGRADE), 0, 0) if upgrades else NOTHING
    if command == CAPA and stop == k + 11:
        return verdict(CONFIRMED if context & START else SPECULATIVE, CLIENT, COMMAND, FOLLOW), 0, 0
    if command == LOGI and u8(data, k + 6) == 32:
        return verdict(CONFIRMED if context & START else SPECULATIVE, CLIENT, COMMAND, FOLLOW), 0, 0
    return NOTHING


PROBE = Probe(
    name="imap",
    title="Internet Message Access Protocol",
    sources=("RFC 9051 sections 6.1, 6.2 and 7.1",),
    bases=("greeting", "tagged command", "STARTTLS"),
    signatures=(
        tcp(b"* OK ", shortest=8),
        tcp(b"* PREAUT", shortest=8),
        tcp(b"* BYE ", shortest=8),
        # tags are the client's choice, most often of one, two, four or five characters
        *(
            tcp(word, at=at, mask=b"\xff" + b"\xdf" * (len(word) - 1), shortest=at + 8)
            for at in (1, 2, 4, 5)
            for word in (b" CAPABIL", b" LOGIN", b" STARTTL")
        ),
    ),
    confirm=confirm,
    strength=65,
)
