"""SSDP: HTTP's form in datagrams, by which UPnP devices search and announce."""

from typing import Any, Final

from annotator.evidence import text
from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, SPECULATIVE, Answer, Probe, udp, verdict
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, u8

SEARCH, NOTIFY, RESPONSE = range(3)
HTTP: Final = 0x48545450  # "HTTP"
ST, NT, USN, MAN, SERVER_FIELD = 0x7374, 0x6E74, 0x75736E, 0x6D616E, 0x73657276
"""First letters of the fields ST, NT, USN, MAN and SERVER, lower case."""


@kernel
def has(data: Any, i: int, end: int, name: int, length: int) -> bool:
    """Say whether the field is there, with a value."""
    return text.field(data, i, end, name, length)[1] > 0


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """M-SEARCH with MAN or ST, NOTIFY with NT, a response with ST or USN (UPnP Device Architecture 2.0 section 1)."""
    stop = text.line_end(data, i, end)
    if stop < 0 or stop - i < 12:
        return NOTHING
    first = u8(data, i)
    basis = SEARCH if first == 0x4D else NOTIFY if first == 0x4E else RESPONSE
    role = CLIENT if basis == SEARCH else SERVER
    if be32(data, i if basis == RESPONSE else stop - 8) != HTTP:
        return NOTHING
    lines = text.next_line(data, stop, end)
    if basis == SEARCH:
        at, length = text.field(data, lines, end, ST, 2)
        known = length > 0 or has(data, lines, end, MAN, 3)
    elif basis == NOTIFY:
        at, length = text.field(data, lines, end, NT, 2)
        known = length > 0
    else:
        at, length = text.field(data, lines, end, ST, 2)
        known = length > 0 or has(data, lines, end, USN, 3)
    if not known or text.field_lines(data, lines, end) < 1:
        return verdict(SPECULATIVE, role, basis), 0, 0
    if basis != SEARCH:
        named, named_length = text.field(data, lines, end, SERVER_FIELD, 6)
        if named_length > 0:
            at, length = named, named_length
    return verdict(CONFIRMED, role, basis), at, length


PROBE = Probe(
    name="ssdp",
    title="Simple Service Discovery Protocol",
    sources=("UPnP Device Architecture 2.0 sections 1.2 and 1.3",),
    bases=("M-SEARCH", "NOTIFY", "search response"),
    signatures=(udp(b"M-SEARCH"), udp(b"NOTIFY *"), udp(b"HTTP/1.1"), udp(b"HTTP/1.0")),
    confirm=confirm,
    strength=75,
)
