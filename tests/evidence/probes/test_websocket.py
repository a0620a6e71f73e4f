"""WebSocket: the exchange of RFC 6455 section 1.3."""

import pytest

from annotator.evidence.probe import CLIENT, CONFIRMED, SERVER
from annotator.evidence.probes.websocket import PROBE
from tests.evidence.probes.asking import Said, ask, confirms, nominated, survives

REQUEST = (
    b"GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (REQUEST, Said(CONFIRMED, CLIENT, "upgrade request", "server.example.com")),
        (ANSWER, Said(CONFIRMED, SERVER, "upgrade accepted", "")),
    ],
)
def test_both_sides_are_known(payload: bytes, said: Said) -> None:
    assert nominated(PROBE, payload)
    assert ask(PROBE, payload) == said


@pytest.mark.parametrize(
    "payload",
    [
        REQUEST.replace(b"websocket\r\nConn", b"h2c\r\nConn"),
        REQUEST.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"short"),
        ANSWER.replace(b"101", b"200"),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Another upgrade, a key that is none, or an answer that does not switch, is HTTP."""
    assert not confirms(PROBE, payload)


@pytest.mark.parametrize("payload", [REQUEST, ANSWER])
def test_every_beginning_gives_an_answer(payload: bytes) -> None:
    survives(PROBE, payload)
