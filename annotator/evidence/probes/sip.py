"""SIP: requests and responses, and the media that their session descriptions announce."""

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
    SPECULATIVE,
    START,
    TCP,
    Answer,
    Probe,
    anywhere,
    udp,
    verdict,
)
from annotator.kernel.load import be32, u8

REQUEST, STATUS, KEEP_ALIVE = range(3)
SIP, VERSION = 0x5349502F, 0x322E3020  # "SIP/", "2.0 "
USER_AGENT, SERVER_FIELD, VIA, CALL_ID = 0x75736572, 0x73657276, 0x766961, 0x63616C6C
"""First letters of the fields User-Agent, Server, Via and Call-ID."""
CRLF_TWICE, HELLO = 0x0D0A0D0A, 0x68656C6C
COMPACT_VIA: Final = 0x76


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A request or status line of SIP/2.0 (RFC 3261 section 7), with Via or Call-ID among its header fields."""
    if end - i >= 4 and (be32(data, i) == CRLF_TWICE or be32(data, i) == HELLO):
        return verdict(SPECULATIVE, CLIENT, KEEP_ALIVE, FOLLOW), 0, 0
    stop = text.line_end(data, i, end)
    if end - i < 12 or stop == text.BROKEN:
        return NOTHING
    answers = be32(data, i) == SIP
    role, basis = (SERVER, STATUS) if answers else (CLIENT, REQUEST)
    if stop == text.OPEN:
        more = context & TCP and context & START and end == finish and end - i < POOL_BYTES
        return (verdict(MORE, role, basis), 0, 0) if more else NOTHING
    target = 0
    if answers:
        status = text.digits(data, i + 8, 3)
        if be32(data, i + 4) != VERSION or status < 100 or status > 699:
            return NOTHING
    else:
        target, version, _ = text.request_line(data, i, end)
        if stop - version != 7 or be32(data, version) != SIP or u8(data, version + 4) != 0x32:
            return NOTHING
    lines = text.next_line(data, stop, end)
    via = text.field(data, lines, end, VIA, 3)[1] + text.field(data, lines, end, COMPACT_VIA, 1)[1]
    if via == 0 and text.field(data, lines, end, CALL_ID, 7)[1] == 0:
        if context & TCP and context & START and end == finish and end - i < POOL_BYTES:
            return verdict(MORE, role, basis), 0, 0
        return verdict(SPECULATIVE, role, basis), 0, 0
    at, length = text.field(data, lines, end, USER_AGENT, 10)
    if length == 0:
        at, length = text.field(data, lines, end, SERVER_FIELD, 6)
    if length == 0 and not answers:
        at, length = target, stop - 8 - target
    wishes = FOLLOW | ANNOUNCE if sdp.has_media(data, lines, end) else FOLLOW
    return verdict(CONFIRMED, role, basis, wishes), at, length


METHODS: Final = (  # RFC 3261, 3262, 6665, 3903, 6086, 3515, 3428, 3311
    "INVITE ACK BYE CANCEL REGISTER OPTIONS PRACK SUBSCRIBE NOTIFY PUBLISH INFO REFER MESSAGE UPDATE"
)

PROBE = Probe(
    name="sip",
    title="Session Initiation Protocol",
    sources=("RFC 3261 sections 7 and 20", "RFC 5626 section 3.5.1", "RFC 8866 section 5"),
    bases=("request line", "status line", "keep-alive"),
    signatures=(
        anywhere(b"SIP/2.0 ", shortest=12),
        udp(b"\r\n\r\n", shortest=4, longest=4),  # RFC 5626 section 3.5.1
        udp(b"hello", shortest=5, longest=5),  # what some phones send to keep a NAT's mapping
        *(anywhere(f"{method} ".encode()[:8], shortest=20) for method in METHODS.split()),
    ),
    confirm=confirm,
    strength=82,
    announced=sdp.announced,
)
