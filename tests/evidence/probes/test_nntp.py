"""NNTP: greetings and commands."""

import pytest

from annotator.evidence.probe import CLIENT, FOLLOW, NO, SERVER
from annotator.evidence.probes.nntp import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


@pytest.mark.parametrize(
    "case",
    [
        # RFC 3977 sections 5.1.3 and 5.3.3
        Case(
            b"200 NNTP Service Ready, posting permitted\r\n",
            STREAM,
            "greeting",
            SERVER,
            "NNTP Service Ready, posting permitted",
        ),
        Case(b"201 news.example.org ready\r\n", STREAM, "greeting", SERVER, "news.example.org ready"),
        Case(b"MODE READER\r\n", STREAM, "command", CLIENT, wishes=FOLLOW),
        Case(b"CAPABILITIES\r\n", STREAM, "command", CLIENT, wishes=FOLLOW),
        Case(b"AUTHINFO USER x\r\n", STREAM, "command", CLIENT, wishes=FOLLOW),
        Case(b"GROUP misc.test\r\n", STREAM, "command", CLIENT, wishes=FOLLOW),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"200 OK, anything\r\n",
        b"CAPABILITIE\r\n",
        b"MODE READING\r\n\0",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_a_greeting_without_its_end_is_waited_for() -> None:
    waits(PROBE, b"200 news.exa")


def test_in_mid_stream_a_greeting_shows_nothing() -> None:
    unknown(PROBE, b"200 news.example.org\r\n", MIDDLE, NO)
