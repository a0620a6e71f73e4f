"""IMAP: greetings, tagged commands, and the way to TLS."""

import pytest

from annotator.evidence.probe import CLIENT, FOLLOW, NO, SERVER, UPGRADE
from annotator.evidence.probes.imap import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


@pytest.mark.parametrize(
    "case",
    [
        # RFC 9051 sections 7.1.1 and 6.2
        Case(b"* OK IMAP4rev2 server ready\r\n", STREAM, "greeting", SERVER, "OK IMAP4rev2 server ready"),
        Case(
            b"* PREAUTH IMAP4rev2 server logged in as Smith\r\n",
            STREAM,
            "greeting",
            SERVER,
            "PREAUTH IMAP4rev2 server logged in as Smith",
        ),
        Case(b"a001 LOGIN SMITH SESAME\r\n", STREAM, "tagged command", CLIENT, wishes=FOLLOW),
        Case(b"1 capability\r\n", STREAM, "tagged command", CLIENT, wishes=FOLLOW),
        Case(b"a002 STARTTLS\r\n", STREAM, "STARTTLS", CLIENT, wishes=UPGRADE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"* OKAY\r\n",
        b"a001 LOGINS x\r\n",
        b"a001 STARTTLS now\r\n",
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_a_greeting_without_its_end_is_waited_for() -> None:
    waits(PROBE, b"* OK IMA")


def test_in_mid_stream_a_greeting_shows_nothing() -> None:
    unknown(PROBE, b"* OK IMAP4rev2 ready\r\n", MIDDLE, NO)
    unknown(PROBE, b"a001 LOGIN SMITH SESAME\r\n", MIDDLE)
