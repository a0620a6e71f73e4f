"""HTTP/2: the preface, and SETTINGS."""

import pytest

from annotator.evidence.probe import CLIENT, CONFIRMED, MORE, SERVER, TCP
from annotator.evidence.probes.http2 import PROBE
from tests.evidence.probes.asking import Said, ask, confirms, nominated, survives

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# length 12, SETTINGS, no flags, stream 0: MAX_CONCURRENT_STREAMS 100, INITIAL_WINDOW_SIZE 65535
SETTINGS = bytes.fromhex("00000c 04 00 00000000 0003 00000064 0004 0000ffff")
ACKNOWLEDGED = bytes.fromhex("000000 04 01 00000000")


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (PREFACE, Said(CONFIRMED, CLIENT, "connection preface", "")),
        (PREFACE + SETTINGS, Said(CONFIRMED, CLIENT, "connection preface", "")),
        (SETTINGS, Said(CONFIRMED, SERVER, "SETTINGS frame", "")),
        (SETTINGS + ACKNOWLEDGED, Said(CONFIRMED, SERVER, "SETTINGS frame", "")),
    ],
)
def test_what_comes_first_is_known(payload: bytes, said: Said) -> None:
    assert nominated(PROBE, payload)
    assert ask(PROBE, payload) == said
    assert ask(PROBE, payload, TCP) == said


def test_a_preface_that_spans_segments_is_waited_for() -> None:
    assert ask(PROBE, PREFACE[:10]).grade == MORE


@pytest.mark.parametrize(
    "payload",
    [
        PREFACE[:-1] + b"x",
        SETTINGS[:-1],
        SETTINGS + b"\0",
        bytes.fromhex("00000c 04 00 00000000 000c 00000064 0004 0000ffff"),  # setting 12 is not assigned
        bytes.fromhex("000006 04 00 00000000 0002 00000007"),  # ENABLE_PUSH is 0 or 1
        SETTINGS + bytes.fromhex("000000 99 01 00000000"),  # a frame of no type
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    assert not confirms(PROBE, payload)


@pytest.mark.parametrize("payload", [PREFACE + SETTINGS, SETTINGS + ACKNOWLEDGED])
def test_every_beginning_gives_an_answer(payload: bytes) -> None:
    survives(PROBE, payload)
