"""XMPP: stream headers, stanzas, and the way to TLS."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, FOLLOW, NO, SERVER, UPGRADE
from annotator.evidence.probes.xmpp import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits

# RFC 6120 section 9.1
OPENS = (
    b"<?xml version='1.0'?>\n<stream:stream from='juliet@im.example.com' to='im.example.com' version='1.0'\n"
    b"  xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
)
ANSWERS = OPENS.replace(b" to='im.example.com'", b" id='t7AMCin9zjMNwQKDnplntZPIDEI='")
STARTTLS = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"


@pytest.mark.parametrize(
    "case",
    [
        Case(OPENS, STREAM, "stream header", CLIENT, "im.example.com", wishes=FOLLOW),
        Case(ANSWERS, STREAM, "stream header", SERVER, wishes=FOLLOW),
        Case(STARTTLS, STREAM, "STARTTLS", CLIENT, wishes=UPGRADE),
        Case(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", STREAM, "STARTTLS", SERVER, wishes=UPGRADE),
        Case(b"</stream:stream>", STREAM, "stream header", ANY_ROLE),
        Case(b"<message to='romeo@example.net' id='ktx72v49'><body>Art</body></message>", STREAM, "stanza", ANY_ROLE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>" + b" " * 400,
        b"<starttls xmlns='urn:other'/>" + b" " * 20,
        b"<message>anything at all</message>",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_a_stream_header_that_spans_segments_is_waited_for() -> None:
    waits(PROBE, OPENS[:50])


def test_a_document_in_mid_stream_is_no_stream_header() -> None:
    unknown(PROBE, OPENS, MIDDLE, NO)
