"""WebSocket: the HTTP exchange that opens it."""

from typing import Any

from annotator.evidence import text
from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, Answer, Probe, tcp, verdict
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32

REQUEST, ACCEPTED = range(2)
UPGRADE_FIELD, WEBSOCKET, HOST, SECURE, HTTP = 0x75706772, 0x77656273, 0x686F7374, 0x7365632D, 0x48545450
"""The first four letters of Upgrade, websocket, Host and Sec-WebSocket-..., lower case; and HTTP."""
KEY_NAME, ACCEPT_NAME = 17, 20
"""Letters in Sec-WebSocket-Key and Sec-WebSocket-Accept."""


@kernel
def upgrades(data: Any, i: int, end: int) -> bool:
    """Say whether the header fields from `i` on hold ``Upgrade: websocket``."""
    at, length = text.field(data, i, end, UPGRADE_FIELD, 7)
    return length >= 9 and be32(data, at) | 0x20202020 == WEBSOCKET


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A GET that asks for WebSocket with a key of 16 bytes, or the answer 101 with 20 bytes of SHA-1, in base64."""
    stop = text.line_end(data, i, end)
    if stop < 0 or stop - i < 12:
        return NOTHING
    lines = text.next_line(data, stop, end)
    if not upgrades(data, lines, end):
        return NOTHING
    if be32(data, i) == HTTP:
        _, length = text.field(data, lines, end, SECURE, ACCEPT_NAME)
        accepted = length == 28 and text.digits(data, i + 9, 3) == 101
        return (verdict(CONFIRMED, SERVER, ACCEPTED), 0, 0) if accepted else NOTHING
    _, length = text.field(data, lines, end, SECURE, KEY_NAME)
    if length != 24 or be32(data, stop - 8) != HTTP:
        return NOTHING
    at, length = text.field(data, lines, end, HOST, 4)
    return verdict(CONFIRMED, CLIENT, REQUEST), at, length


PROBE = Probe(
    name="websocket",
    title="WebSocket",
    sources=("RFC 6455 section 4",),
    bases=("upgrade request", "upgrade accepted"),
    signatures=(tcp(b"GET ", shortest=100), tcp(b"HTTP/1.1", shortest=100)),
    confirm=confirm,
    strength=85,
)
