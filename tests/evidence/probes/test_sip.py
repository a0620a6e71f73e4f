"""SIP: requests, answers, and the media that they announce."""

import pytest

from annotator.evidence.probe import ANNOUNCE, CLIENT, CONFIRMED, FOLLOW, NO, SERVER, SPECULATIVE
from annotator.evidence.probes.sip import PROBE
from tests.evidence.probes.asking import ask
from tests.evidence.probes.cases import DATAGRAM, STREAM, Case, known, unknown, waits

# RFC 3261 section 24.2 and RFC 8866 section 5
DESCRIPTION = (
    b"v=0\r\no=alice 53655765 2353687637 IN IP4 pc33.atlanta.com\r\ns=-\r\nc=IN IP4 192.0.2.101\r\nt=0 0\r\n"
    b"m=audio 49172 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\nm=video 51372 RTP/AVP 99\r\n"
    b"c=IN IP4 192.0.2.7\r\na=rtcp:53020\r\nm=image 6000 udptl t38\r\n"
)
INVITE = (
    b"INVITE sip:bob@biloxi.com SIP/2.0\r\nVia: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds\r\n"
    b"From: Alice <sip:alice@atlanta.com>;tag=1928301774\r\nCall-ID: a84b4c76e66710@pc33.atlanta.com\r\n"
    b"User-Agent: phone/1.0\r\nContent-Type: application/sdp\r\n\r\n" + DESCRIPTION
)
RINGING = b"SIP/2.0 180 Ringing\r\nv: SIP/2.0/UDP pc33.atlanta.com\r\nServer: pbx\r\n\r\n"
REGISTER = b"REGISTER sip:registrar.biloxi.com SIP/2.0\r\nVia: SIP/2.0/UDP bobspc.biloxi.com:5060\r\n\r\n"


@pytest.mark.parametrize(
    "case",
    [
        Case(INVITE, DATAGRAM, "request line", CLIENT, "phone/1.0", wishes=FOLLOW | ANNOUNCE),
        Case(RINGING, DATAGRAM, "status line", SERVER, "pbx", wishes=FOLLOW),
        Case(REGISTER, DATAGRAM, "request line", CLIENT, "sip:registrar.biloxi.com", wishes=FOLLOW),
        Case(b"\r\n\r\n", DATAGRAM, "keep-alive", CLIENT, grade=SPECULATIVE, wishes=FOLLOW),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"INVITE sip:bob@biloxi.com SIP/2.0\r\nSubject: no way back\r\n\r\n",
        b"INVITE sip:bob@biloxi.com SIP/3.0\r\nVia: x\r\n\r\n",
        b"SIP/2.0 999 Odd\r\nVia: x\r\n\r\n",
        b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nVia: x\r\n\r\n",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, DATAGRAM)


def test_the_same_messages_are_known_in_streams() -> None:
    """TCP's too; one that spans segments is waited for, a datagram never."""
    assert ask(PROBE, INVITE, STREAM).grade == CONFIRMED
    waits(PROBE, REGISTER[:20])
    waits(PROBE, REGISTER[:48])
    unknown(PROBE, REGISTER[:20], DATAGRAM, NO)
