"""FTP: the greeting, commands, AUTH TLS, and the ports that PASV, EPSV, PORT and EPRT agree on."""

import re
from typing import Any, Final

from annotator.evidence import text
from annotator.evidence.probe import (
    ANNOUNCE,
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

GREETING, LOGIN, COMMAND, PASSIVE, ACTIVE, AUTH_TLS = range(6)
LONGEST_LINE: Final = 512
SMTP, FTP, USER, AUTH, PORT, EPRT, TYPE, OPTS = (
    int.from_bytes(word, "big") for word in (b"smtp", b"ftp", b"user", b"auth", b"port", b"eprt", b"type", b"opts")
)
SYST, FEAT, PASV, EPSV = (int.from_bytes(word, "big") for word in (b"syst", b"feat", b"pasv", b"epsv"))


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A greeting that says FTP; replies and commands that only FTP has (RFC 959, RFC 2389, RFC 2428, RFC 4217)."""
    stop = text.line_end(data, i, min(end, i + LONGEST_LINE))
    if stop == text.BROKEN or end - i < 6:
        return NOTHING
    if stop == text.OPEN:
        more = end == finish and context & START and end - i < LONGEST_LINE
        return (verdict(MORE, SERVER, GREETING), 0, 0) if more else NOTHING
    code = text.reply_code(data, i, end)
    if code == 220 and context & START:
        said = False
        for k in range(i + 4, end - 3):
            said = said or (be32(data, k) | 0x20202020) >> 8 == FTP
        said = said and not text.holds(data, i, end, SMTP)
        return verdict(CONFIRMED if said else SPECULATIVE, SERVER, GREETING, FOLLOW if said else 0), i + 4, stop - i - 4
    if code == 331:
        return verdict(CONFIRMED, SERVER, LOGIN, FOLLOW), 0, 0
    if code == 227 or code == 229:
        open_bracket = i + 4
        while open_bracket < stop and u8(data, open_bracket) != 0x28 and not 48 <= u8(data, open_bracket) <= 57:
            open_bracket += 1
        if open_bracket == stop:
            return NOTHING
        return verdict(CONFIRMED, SERVER, PASSIVE, FOLLOW | ANNOUNCE), 0, 0
    if code >= 0:
        return NOTHING
    command = be32(data, i) | 0x20202020
    if text.lone_line(data, i, end, finish) < 0:
        return NOTHING
    if stop == i + 4 and (command == SYST or command == FEAT or command == PASV or command == EPSV):
        return verdict(CONFIRMED, CLIENT, COMMAND, FOLLOW), 0, 0
    if stop < i + 6 or u8(data, i + 4) != 32:
        return NOTHING
    if command == AUTH and stop == i + 8:  # AUTH TLS, AUTH SSL
        word = be32(data, i + 4) | 0x20202020
        secure = word == 0x20746C73 or word == 0x2073736C
        return (verdict(CONFIRMED, CLIENT, AUTH_TLS, UPGRADE), 0, 0) if secure else NOTHING
    if (command == PORT and 48 <= u8(data, i + 5) <= 57) or (command == EPRT and u8(data, i + 5) == 0x7C):
        return verdict(CONFIRMED, CLIENT, ACTIVE, FOLLOW | ANNOUNCE), 0, 0
    if command == TYPE and (stop == i + 6 or stop == i + 8):
        return verdict(CONFIRMED, CLIENT, COMMAND, FOLLOW), 0, 0
    if command == OPTS and context & START:
        return verdict(CONFIRMED, CLIENT, COMMAND, FOLLOW), 0, 0
    if command == USER and context & START:
        return verdict(SPECULATIVE, CLIENT, LOGIN), 0, 0  # POP3 and IRC say so too
    return NOTHING


def announced(raw: bytes) -> list[tuple[str, str, int]]:
    """Read the data connection's end out of PORT, EPRT, or a reply 227 or 229."""
    line = raw.split(b"\n", 1)[0].decode("ascii", "replace")
    six = re.search(r"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})", line)
    if six and all(int(number) < 256 for number in six.groups()):
        a, b, c, d, high, low = (int(number) for number in six.groups())
        return [(f"{a}.{b}.{c}.{d}", "tcp", high << 8 | low)]
    extended = re.search(r"\|([12]?)\|([0-9A-Fa-f:.]*)\|(\d{1,5})\|", line)
    if extended and int(extended[3]) < 65536:
        return [(extended[2], "tcp", int(extended[3]))]
    return []


PROBE = Probe(
    name="ftp",
    title="File Transfer Protocol",
    sources=("RFC 959 sections 4.1 and 4.2", "RFC 2389 section 3", "RFC 2428", "RFC 4217 section 4"),
    bases=("greeting 220", "login", "command", "passive port", "active port", "AUTH TLS"),
    signatures=(
        tcp(b"220 ", mask=b"\xff\xff\xff\xf2", shortest=6),
        *(tcp(code, shortest=8) for code in (b"331 ", b"227 ", b"229 ")),
        *(
            tcp(word, mask=b"\xdf" * 4, shortest=5, longest=LONGEST_LINE)
            for word in (b"USER", b"AUTH", b"SYST", b"FEAT", b"PASV", b"EPSV", b"PORT", b"EPRT", b"TYPE", b"OPTS")
        ),
    ),
    confirm=confirm,
    strength=68,
    announced=announced,
)
