"""POP3: greetings, logins, and the way to TLS."""

import pytest

from annotator.evidence.probe import CLIENT, FOLLOW, NO, SERVER, SPECULATIVE, UPGRADE
from annotator.evidence.probes.pop3 import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


@pytest.mark.parametrize(
    "case",
    [
        # RFC 1939 section 10
        Case(
            b"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n",
            STREAM,
            "greeting +OK",
            SERVER,
            "POP3 server ready <1896.697170952@dbc.mtview.ca.us>",
        ),
        Case(b"APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n", STREAM, "login command", CLIENT),
        Case(b"CAPA\r\n", STREAM, "CAPA", CLIENT, wishes=FOLLOW),
        Case(b"STLS\r\n", STREAM, "STLS", CLIENT, wishes=UPGRADE),
        Case(b"USER mrose\r\n", STREAM, "login command", CLIENT, grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"+OK\r\n",  # Redis
        b"-ERR no\r\n",
        b"CAPACITY\r\n",
        b"APOP mrose none\r\n",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_a_greeting_without_its_end_is_waited_for() -> None:
    waits(PROBE, b"+OK POP")


def test_in_mid_stream_a_greeting_shows_nothing() -> None:
    unknown(PROBE, b"+OK POP3 server ready\r\n", MIDDLE, NO)
