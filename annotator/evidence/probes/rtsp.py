"""RTSP: requests and responses, and the ports that SETUP agrees on."""

import re
from typing import Any, Final

from annotator.evidence import sdp, text
from annotator.evidence.pool import POOL_BYTES
from annotator.evidence.probe import (
    ANNOUNCE,
    CLIENT,
    CONFIRMED,
    FOLLOW,
    MORE,
    NOTHING,
    SERVER,
    START,
    TCP,
    Answer,
    Probe,
    anywhere,
    verdict,
)
from annotator.kernel.load import be32, u8

REQUEST, STATUS = range(2)
RTSP: Final = 0x52545350
CSEQ, USER_AGENT, SERVER_FIELD, TRANSPORT = 0x63736571, 0x75736572, 0x73657276, 0x7472616E
"""First letters of the fields CSeq, User-Agent, Server and Transport."""


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A request or status line of RTSP 1.0 or 2.0 (RFC 2326 sections 6 and 7, RFC 7826 section 20.2.2)."""
    stop = text.line_end(data, i, end)
    if end - i < 12 or stop == text.BROKEN:
        return NOTHING
    answers = be32(data, i) == RTSP
    role, basis = (SERVER, STATUS) if answers else (CLIENT, REQUEST)
    if stop == text.OPEN:
        more = context & TCP and context & START and end == finish and end - i < POOL_BYTES
        return (verdict(MORE, role, basis), 0, 0) if more else NOTHING
    if answers:
        status = text.digits(data, i + 9, 3)
        if u8(data, i + 4) != 0x2F or u8(data, i + 6) != 0x2E or status < 100 or status > 599:
            return NOTHING
    else:
        _, version, _ = text.request_line(data, i, end)
        if stop - version != 8 or be32(data, version) != RTSP:
            return NOTHING
    lines = text.next_line(data, stop, end)
    if not context & START and text.field(data, lines, end, CSEQ, 4)[1] == 0:
        return NOTHING
    at, length = text.field(data, lines, end, SERVER_FIELD if answers else USER_AGENT, 6 if answers else 10)
    announces = sdp.has_media(data, lines, end) or text.field(data, lines, end, TRANSPORT, 9)[1] > 0
    return verdict(CONFIRMED, role, basis, FOLLOW | ANNOUNCE if announces else FOLLOW), at, length


def announced(raw: bytes) -> list[tuple[str, str, int]]:
    """Read the ports of a Transport field (RFC 2326 section 12.39): a sender's own, and those of a description."""
    sends = "server" if raw.startswith(b"RTSP/") else "client"
    found = []
    for line in raw.decode("ascii", "replace").splitlines():
        if line.lower().startswith("transport:"):
            for low, high in re.findall(rf"{sends}_port=(\d{{1,5}})(?:-(\d{{1,5}}))?", line):
                found += [("", "udp", int(port)) for port in (low, high) if port and int(port) < 65536]
    return found + sdp.announced(raw)


METHODS: Final = (  # RFC 2326 section 10, RFC 7826 section 13
    "OPTIONS DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN RECORD REDIRECT GET_PARAMETER SET_PARAMETER PLAY_NOTIFY"
)

PROBE = Probe(
    name="rtsp",
    title="Real Time Streaming Protocol",
    sources=("RFC 2326 sections 6, 7, 10 and 12", "RFC 7826 section 20"),
    bases=("request line", "status line"),
    signatures=(
        anywhere(b"RTSP/", shortest=12),
        *(anywhere(f"{method} ".encode()[:8], shortest=20) for method in METHODS.split()),
    ),
    confirm=confirm,
    strength=82,
    announced=announced,
)
