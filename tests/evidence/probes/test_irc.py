"""IRC: registration and messages."""

import pytest

from annotator.evidence.probe import CLIENT, CONFIRMED, SERVER, SPECULATIVE, UPGRADE
from annotator.evidence.probes.irc import PROBE
from tests.evidence.probes.asking import ask
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown


@pytest.mark.parametrize(
    "case",
    [
        # RFC 2812 section 3.1
        Case(b"NICK Wiz\r\nUSER guest 0 * :Ronnie Reagan\r\n", STREAM, "registration", CLIENT, "Wiz"),
        Case(b"USER guest 0 * :Ronnie Reagan\r\n", STREAM, "registration", CLIENT),
        Case(b"PASS secretpasswordhere\r\nNICK Wiz\r\n", STREAM, "registration", CLIENT),
        Case(b"CAP LS 302\r\n", STREAM, "registration", CLIENT),
        Case(b":irc.example.org 001 Wiz :Welcome\r\n", STREAM, "message", SERVER, "irc.example.org"),
        Case(b":irc.example.org NOTICE * :*** Looking up\r\n", STREAM, "message", SERVER, "irc.example.org"),
        Case(b"NOTICE AUTH :*** Checking Ident\r\n", STREAM, "notice", SERVER, "AUTH :*** Checking Ident"),
        Case(b"STARTTLS\r\n", STREAM, "STARTTLS", CLIENT, grade=SPECULATIVE, wishes=UPGRADE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"USER anonymous\r\n",
        b"NICKEL and dime\r\n",
        b"PASS word\r\nQUIT\r\n",
        b"CAP off\r\n\r\n",
        b":-) 12 monkeys\r\n",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_in_mid_stream_a_numeric_is_asked_for() -> None:
    assert ask(PROBE, b":irc.example.org 353 Wiz = #chan :Wiz\r\n", MIDDLE).grade == CONFIRMED
    unknown(PROBE, b":someone NOTICE board\r\n", MIDDLE)
    unknown(PROBE, b"NICK Wiz\r\n", MIDDLE)
