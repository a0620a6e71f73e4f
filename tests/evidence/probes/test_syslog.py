"""Tests of the syslog probe."""

import pytest

from annotator.evidence.probe import CLIENT, SPECULATIVE
from annotator.evidence.probes.syslog import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown

MODERN = b"<165>1 2026-05-04T09:12:03.003Z gate.example.org app - ID47 - started"  # RFC 5424's form
NO_TIME = b"<34>1 - gate app - - - started"
OLD = b"<34>Oct 11 22:14:15 mymachine su: failed"  # RFC 3164's form
OLD_DAY = b"<13>Feb  5 17:32:18 gate reboot"
CISCO = b"<189>29: *Mar  1 00:01:02.003: %SYS-5-CONFIG_I: Configured"


@pytest.mark.parametrize(
    "case",
    [
        Case(MODERN, DATAGRAM, "priority and version", CLIENT, "gate.example.org"),
        Case(NO_TIME, DATAGRAM, "priority and version", CLIENT, "gate"),
        Case(OLD, DATAGRAM, "priority and timestamp", CLIENT, "mymachine"),
        Case(OLD_DAY, DATAGRAM, "priority and timestamp", CLIENT, "gate"),
        Case(CISCO, DATAGRAM, "priority and text", CLIENT),
        Case(MODERN + b"\n", STREAM, "priority and version", CLIENT, "gate.example.org"),
        Case(b"69 " + MODERN, STREAM, "priority and version", CLIENT, "gate.example.org"),  # octets counted
        Case(CISCO + b"\n", STREAM, "priority and text", CLIENT, grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Both forms, over both transports; the label is the host."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"<192>Oct 11 22:14:15 mymachine su: failed",  # priorities end at 191
        b"<1234>Oct 11 22:14:15 mymachine su",
        b"<>Oct 11 22:14:15 mymachine su: failed",
        b"<14\x00>" + bytes(20),
        b"<14>\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a",
        b"<html><body>hello</body></html>",
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """A number up to 191 in brackets, and text."""
    unknown(PROBE, payload, DATAGRAM, 0)


def test_in_mid_stream_it_is_none() -> None:
    """Text anywhere proves nothing."""
    unknown(PROBE, MODERN, MIDDLE, 0)
