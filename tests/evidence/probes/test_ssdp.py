"""SSDP: searches, announcements and answers."""

import pytest

from annotator.evidence.probe import CLIENT, CONFIRMED, SERVER, START, UDP
from annotator.evidence.probes.ssdp import PROBE
from tests.evidence.probes.asking import Said, ask, confirms, nominated, survives

# UPnP Device Architecture 2.0 sections 1.3.2, 1.2.2 and 1.3.3
SEARCH = (
    b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\nST: upnp:rootdevice\r\n\r\n'
)
NOTIFY = (
    b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\n"
    b"SERVER: Linux/5 UPnP/2.0 router/1\r\nUSN: uuid:1::upnp:rootdevice\r\n\r\n"
)
ANSWER = b"HTTP/1.1 200 OK\r\nEXT:\r\nST: ssdp:all\r\nUSN: uuid:1\r\n\r\n"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (SEARCH, Said(CONFIRMED, CLIENT, "M-SEARCH", "upnp:rootdevice")),
        (NOTIFY, Said(CONFIRMED, SERVER, "NOTIFY", "Linux/5 UPnP/2.0 router/1")),
        (ANSWER, Said(CONFIRMED, SERVER, "search response", "ssdp:all")),
    ],
)
def test_messages_are_known(payload: bytes, said: Said) -> None:
    assert nominated(PROBE, payload, UDP)
    assert ask(PROBE, payload, UDP | START) == said


@pytest.mark.parametrize(
    "payload",
    [
        b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n",
        b"M-SEARCH * RTSP/1.0\r\nST: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nServer: web\r\n\r\n",
        NOTIFY.replace(b"NT:", b"XT:"),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    assert not confirms(PROBE, payload, UDP | START)


@pytest.mark.parametrize("payload", [SEARCH, NOTIFY, ANSWER])
def test_every_beginning_gives_an_answer(payload: bytes) -> None:
    survives(PROBE, payload, UDP | START)
