"""HTTP/1: request and status lines with fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence.probe import CLIENT, CONFIRMED, MORE, SERVER, SPECULATIVE, START, TCP, UPGRADE
from annotator.evidence.probes.http import METHODS, PROBE
from tests.evidence.probes.asking import Said, ask, confirms, nominated, survives

# RFC 9110 section 9.3.1's manner
GET = b"GET /index.html HTTP/1.1\r\nUser-Agent: curl/8\r\nHost: www.example.org\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nDate: Mon, 27 Jul 2009 12:28:53 GMT\r\nServer: Apache\r\nContent-Length: 2\r\n\r\nhi"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (GET, Said(CONFIRMED, CLIENT, "request line", "www.example.org")),
        (ANSWER, Said(CONFIRMED, SERVER, "status line", "Apache")),
        (
            b"POST /s HTTP/1.0\nhost: soap.example.org\nSOAPAction: x\n\n",
            Said(CONFIRMED, CLIENT, "request line", "soap.example.org"),
        ),
        (
            b"GET http://a.example/ HTTP/1.1\r\nHost:a.example\r\n\r\n",
            Said(CONFIRMED, CLIENT, "request line", "a.example"),
        ),
        (b"GET / HTTP/1.0\r\nUser-Agent: old\r\n\r\n", Said(CONFIRMED, CLIENT, "request line", "old")),
        (b"HTTP/1.0 404\r\n\r\n", Said(CONFIRMED, SERVER, "status line", "")),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
            Said(CONFIRMED, SERVER, "status line", "", UPGRADE),
        ),
        (
            b"CONNECT mail.example.org:443 HTTP/1.1\r\nHost: proxy\r\n\r\n",
            Said(CONFIRMED, CLIENT, "CONNECT request", "mail.example.org:443", UPGRADE),
        ),
    ],
)
def test_lines_and_fields_are_read(payload: bytes, said: Said) -> None:
    """Requests give Host, else User-Agent; answers give Server; CONNECT names where the tunnel leads."""
    assert nominated(PROBE, payload)
    assert ask(PROBE, payload) == said


@pytest.mark.parametrize("method", METHODS.split())
def test_every_method_is_known(method: str) -> None:
    """Methods of HTTP, WebDAV, UPnP and of well-known products are nominated and confirmed."""
    assert confirms(PROBE, f"{method} /x HTTP/1.1\r\nHost: h\r\n\r\n".encode())


def test_a_request_line_that_spans_segments_is_waited_for() -> None:
    """What ends with the segment may go on; what the snap length cut is a signature only."""
    assert ask(PROBE, GET[:12]).grade == MORE
    assert ask(PROBE, GET[:12], wire_length=len(GET)).grade == SPECULATIVE
    assert ask(PROBE, GET[:26]).grade == MORE
    assert ask(PROBE, b"GET /" + b"a" * 5000).grade == SPECULATIVE


def test_in_mid_stream_a_header_field_is_asked_for() -> None:
    """A request line alone may stand in any text; with a field behind it, it is a message."""
    assert ask(PROBE, GET, TCP).grade == CONFIRMED
    assert ask(PROBE, b"GET / HTTP/1.1\r\n", TCP).grade == SPECULATIVE
    assert ask(PROBE, b"HTTP/1.1 200 OK\r\n", TCP).grade == SPECULATIVE


@pytest.mark.parametrize(
    "payload",
    [
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET / RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET /\x01 HTTP/1.1\r\n\r\n",
        b"OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n\r\n",
        b"HTTP/1.1 999 Odd\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.7 200 OK\r\n\r\n",
        b"GETTING / HTTP/1.1\r\n\r\n",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    assert not confirms(PROBE, payload)


@pytest.mark.parametrize("payload", [GET, ANSWER])
def test_every_beginning_gives_an_answer(payload: bytes) -> None:
    survives(PROBE, payload)
    survives(PROBE, payload, TCP)


@given(st.binary(max_size=120))
def test_any_bytes_behind_a_method_give_an_answer(rest: bytes) -> None:
    for head in (b"GET /", b"HTTP/1.1 "):
        assert ask(PROBE, head + rest, TCP | START).grade in range(4)
