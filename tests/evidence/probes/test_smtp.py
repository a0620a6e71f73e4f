"""SMTP: greetings, the envelope, and the way to TLS."""

import pytest

from annotator.evidence.probe import CLIENT, CONFIRMED, FOLLOW, NO, SERVER, SPECULATIVE, UPGRADE
from annotator.evidence.probes.smtp import PROBE
from tests.evidence.probes.asking import ask
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


@pytest.mark.parametrize(
    "case",
    [
        # RFC 5321 appendix D.1
        Case(
            b"220 foo.com Simple Mail Transfer Service Ready\r\n",
            STREAM,
            "greeting 220",
            SERVER,
            "foo.com Simple Mail Transfer Service Ready",
            grade=SPECULATIVE,
        ),
        Case(b"220-mx.example.org ESMTP\r\n220 welcome\r\n", STREAM, "greeting 220", SERVER, "mx.example.org ESMTP"),
        Case(
            b"554 mx.example.org ESMTP not accepting\r\n",
            STREAM,
            "greeting 220",
            SERVER,
            "mx.example.org ESMTP not accepting",
        ),
        Case(b"EHLO bar.com\r\n", STREAM, "EHLO", CLIENT, wishes=FOLLOW),
        Case(b"helo bar.com\r\n", STREAM, "EHLO", CLIENT, wishes=FOLLOW),
        Case(b"MAIL FROM:<Smith@bar.com>\r\n", STREAM, "MAIL or RCPT", CLIENT, wishes=FOLLOW),
        Case(b"RCPT TO:<Jones@foo.com>\r\n", STREAM, "MAIL or RCPT", CLIENT),
        Case(b"STARTTLS\r\n", MIDDLE, "STARTTLS", CLIENT, wishes=UPGRADE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"STARTTLS\r\n",  # IRC may begin so
        b"220 ftp.example.org FTP server ready\r\n",
        b"220 \x01\x02 SMTP\r\n",
        b"250 mx.example.org ESMTP\r\n",
        b"EHLO \r\n",
        b"STARTTLS\r\nEHLO x\r\n",  # what follows in the clear was never asked for
        b"MAIL is fine today\r\n",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_a_greeting_without_its_end_is_waited_for() -> None:
    waits(PROBE, b"220 mx.exam")
    assert ask(PROBE, b"220 mx.exam", STREAM, 400).grade == NO


def test_in_mid_stream_a_greeting_shows_nothing() -> None:
    """A reply line may stand anywhere in a text; the envelope's commands are known there too."""
    unknown(PROBE, b"220 mx.example.org ESMTP\r\n", MIDDLE, NO)
    unknown(PROBE, b"EHLO bar.com\r\n", MIDDLE)
    assert ask(PROBE, b"MAIL FROM:<Smith@bar.com>\r\n", MIDDLE).grade == CONFIRMED
