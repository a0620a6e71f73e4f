"""Tests of the mgcp probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.mgcp import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

NOTIFY = b"RQNT 1201 aaln/1@gw.example.org MGCP 1.0\r\nN: ca@example.org\r\n"
RESTART = b"RSIP 9 *@gw.example.org MGCP 1.0\nRM: restart\n"
RESPONSE = b"200 1201 OK\r\n"


@pytest.mark.parametrize(
    "case",
    [
        Case(NOTIFY, DATAGRAM, "command", CLIENT, "aaln/1@gw.example.org"),
        Case(RESTART, DATAGRAM, "command", CLIENT, "*@gw.example.org"),
        Case(RESPONSE, DATAGRAM, "response", SERVER, grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """The label is the endpoint; a response is a number and words, and a guess."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"RQNT 1201 aaln/1@gw.example.org SGCP 1.0\r\n",
        b"INFO 1201 aaln/1@gw.example.org MGCP 1.0\r\n",
        b"900 1201 OK\r\n\r\n",
        b"200 OK then what\r\n",
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Verb, transaction, endpoint, name."""
    unknown(PROBE, payload, DATAGRAM, 0)
