"""RTSP: requests, answers, and the ports that they agree on."""

import pytest

from annotator.evidence.probe import ANNOUNCE, CLIENT, CONFIRMED, FOLLOW, NO, SERVER
from annotator.evidence.probes.rtsp import PROBE, announced
from tests.evidence.probes.asking import ask
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, Case, known, unknown, waits

# RFC 2326 section 14.1's manner
SETUP = (
    b"SETUP rtsp://audio.example.com/twister/audio.en RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: player\r\n"
    b"Transport: RTP/AVP/UDP;unicast;client_port=3056-3057\r\n\r\n"
)
SET_UP = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: camera\r\n"
    b"Transport: RTP/AVP/UDP;unicast;client_port=3056-3057;server_port=5000-5001\r\n\r\n"
)
DESCRIBE = b"DESCRIBE rtsp://server.example.com/fizzle/foo RTSP/1.0\r\nCSeq: 312\r\n\r\n"


@pytest.mark.parametrize(
    "case",
    [
        Case(SETUP, DATAGRAM, "request line", CLIENT, "player", wishes=FOLLOW | ANNOUNCE),
        Case(SET_UP, DATAGRAM, "status line", SERVER, "camera", wishes=FOLLOW | ANNOUNCE),
        Case(DESCRIBE, DATAGRAM, "request line", CLIENT, wishes=FOLLOW),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"RTSP/1.0 OK\r\nCSeq: 1\r\n\r\n",
        b"PLAY\r\nCSeq: 1\r\n\r\n..........",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, DATAGRAM)


def test_a_request_that_spans_segments_is_waited_for() -> None:
    waits(PROBE, DESCRIBE[:20])
    unknown(PROBE, DESCRIBE[:20], DATAGRAM, NO)


def test_in_mid_stream_a_sequence_number_is_asked_for() -> None:
    assert ask(PROBE, DESCRIBE, MIDDLE).grade == CONFIRMED
    unknown(PROBE, b"PLAY rtsp://server.example.com/ RTSP/1.0\r\nRange: x\r\n", MIDDLE, NO)


def test_ports_of_a_transport_are_the_senders_own() -> None:
    """RFC 2326 section 12.39: a client tells its ports, a server those of both."""
    assert announced(SETUP) == [("", "udp", 3056), ("", "udp", 3057)]
    assert announced(SET_UP) == [("", "udp", 5000), ("", "udp", 5001)]
    assert announced(b"RTSP/1.0 200 OK\r\nTransport: server_port=99999\r\n\xff") == []
