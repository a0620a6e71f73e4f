"""Tests of the steam probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.steam import PROBE
from tests.evidence.probes.cases import DATAGRAM, STREAM, Case, known, unknown

SIMPLE = b"\xff" * 4
INFO = SIMPLE + b"TSource Engine Query\0"
PLAYERS = SIMPLE + b"U" + bytes(4)
CHALLENGE = SIMPLE + b"A\x4b\xa1\xd5\x22"
ANSWER = SIMPLE + b"I\x11A server\0a_map\0game\0Game\0"


@pytest.mark.parametrize(
    "case",
    [
        Case(INFO, DATAGRAM, "server query", CLIENT),
        Case(PLAYERS, DATAGRAM, "server query", CLIENT),
        Case(CHALLENGE, DATAGRAM, "server answer", SERVER),
        Case(ANSWER, DATAGRAM, "server answer", SERVER),
        Case(b"VS01" + bytes(32), DATAGRAM, "connection header"),
        Case(bytes.fromhex("10000000") + b"VT01" + bytes(16), STREAM, "connection header", grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Queries and answers, and the headers of its own transports."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        SIMPLE + b"TSauce Engine Query\0",
        PLAYERS + b"\0",
        CHALLENGE[:-1],
        ANSWER[:5] + b"\x12" + ANSWER[6:],  # no such version
        SIMPLE + b"getinfo xxx",  # another game's
        b"VS02" + bytes(32),
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Letters and lengths that do not fit."""
    unknown(PROBE, payload, DATAGRAM, 0)
