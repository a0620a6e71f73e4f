"""HTTP/1: request lines and status lines, with header fields."""

from typing import Any, Final

from annotator.evidence import text
from annotator.evidence.pool import POOL_BYTES
from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
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
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, u8

REQUEST, STATUS, CONNECT, PARTIAL = range(4)
HTTP: Final = 0x48545450  # "HTTP"
HOST, AGENT, SERVER_FIELD = 0x686F7374, 0x75736572, 0x73657276  # "host", "user", "serv"


@kernel
def is_version(data: Any, i: int) -> bool:
    """Say whether ``HTTP/1.0`` or ``HTTP/1.1`` stands at `i`; the caller sees to it that eight bytes do."""
    return be32(data, i) == HTTP and be32(data, i + 4) & 0xFFFFFFFE == 0x2F312E30


@kernel
def response(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``HTTP/1.1 SP three digits [SP reason] CR LF`` (RFC 9112 section 4)."""
    if end - i < 12 or not is_version(data, i) or u8(data, i + 8) != 32:
        return NOTHING
    status = text.digits(data, i + 9, 3)
    stop = text.line_end(data, i + 12, min(end, i + 1024))
    if status < 100 or status > 599 or stop == text.BROKEN:
        return NOTHING
    fields = text.field_lines(data, text.next_line(data, stop, end), end) if stop >= 0 else 0
    if not context & START and fields < 1:
        return verdict(SPECULATIVE, SERVER, STATUS), 0, 0
    at, length = text.field(data, text.next_line(data, stop, end), end, SERVER_FIELD, 6) if stop >= 0 else (0, 0)
    return verdict(CONFIRMED, SERVER, STATUS, UPGRADE if status == 101 else 0), at, length


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``method SP target SP HTTP/1.x CR LF`` and header fields (RFC 9112 sections 3 and 5)."""
    if end - i >= 4 and be32(data, i) == HTTP:
        return response(data, i, end, finish, context)
    target, version, stop = text.request_line(data, i, end)
    if stop == text.BROKEN:
        return NOTHING
    if stop == text.OPEN:
        more = end == finish and context & START and end - i < POOL_BYTES
        return verdict(MORE if more else SPECULATIVE, CLIENT, PARTIAL), 0, 0
    if stop - version != 8 or not is_version(data, version):
        return NOTHING
    lines = text.next_line(data, stop, end)
    fields = text.field_lines(data, lines, end)
    if fields < 1 and not context & START:
        return verdict(SPECULATIVE, CLIENT, REQUEST), 0, 0
    if be32(data, i) == 0x434F4E4E:  # "CONN": the tunnel's end is named, and what follows is another protocol's
        return verdict(CONFIRMED, CLIENT, CONNECT, UPGRADE), target, version - 1 - target
    at, length = text.field(data, lines, end, HOST, 4)
    if length == 0:
        if lines >= end and end == finish and context & START and end - i < POOL_BYTES:
            return verdict(MORE, CLIENT, REQUEST), 0, 0  # the request line was sent by itself
        at, length = text.field(data, lines, end, AGENT, 10)
    return verdict(CONFIRMED, CLIENT, REQUEST), at, length


METHODS: Final = (
    "GET POST HEAD PUT DELETE OPTIONS CONNECT TRACE PATCH "  # RFC 9110 section 9.3, RFC 5789
    "PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH REPORT "  # WebDAV: RFC 4918, RFC 5323, RFC 3253
    "CHECKOUT CHECKIN MKACTIVITY MERGE BASELINE-CONTROL VERSION-CONTROL UNCHECKOUT LABEL UPDATE ACL BIND MKCALENDAR "
    "NOTIFY SUBSCRIBE UNSUBSCRIBE M-SEARCH "  # UPnP Device Architecture 2.0 section 4
    "RPC_IN_DATA RPC_OUT_DATA RDG_IN_DATA RDG_OUT_DATA SSTP_DUPLEX_POST BITS_POST CCM_POST "  # Microsoft's
    "POLL BCOPY BMOVE BDELETE BPROPFIND BPROPPATCH PURGE LINK UNLINK SOURCE"
)
"""Request methods; each nominates by its first letters and the space behind it, as far as eight bytes go."""

PROBE = Probe(
    name="http",
    title="Hypertext Transfer Protocol, version 1",
    sources=("RFC 9112 sections 3 to 5", "RFC 9110 section 9", "RFC 4918 section 9"),
    bases=("request line", "status line", "CONNECT request", "beginning of a request line"),
    signatures=(
        tcp(b"HTTP/1.", shortest=12),
        *(tcp(f"{method} ".encode()[:8], shortest=len(method) + 2) for method in METHODS.split()),
    ),
    confirm=confirm,
    strength=80,
)
