"""Tests of the xdmcp probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.xdmcp import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

QUERY = bytes.fromhex("0001 0002 0001 00")  # no authentication
NAMED = bytes.fromhex("0001 0002 0016 01 0013") + b"XDM-AUTHENTICATION1"
WILLING_BODY = b"\0\0" + b"\0\x04host" + b"\0\x0e1 user, load: "
WILLING = bytes.fromhex("0001 0005") + len(WILLING_BODY).to_bytes(2, "big") + WILLING_BODY
UNWILLING = bytes.fromhex("0001 0006 000a 0004") + b"host" + b"\0\x02no"
ACCEPT = bytes.fromhex("0001 0008 000c 00000001") + bytes(8)


@pytest.mark.parametrize(
    "case",
    [
        Case(QUERY, DATAGRAM, "query", CLIENT),
        Case(NAMED, DATAGRAM, "query", CLIENT),
        Case(WILLING, DATAGRAM, "willing", SERVER, "host"),
        Case(UNWILLING, DATAGRAM, "unwilling", SERVER, "host"),
        Case(ACCEPT, DATAGRAM, "accept", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """The arrays fill the length."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        QUERY + b"\0",
        b"\0\x02" + QUERY[2:],
        QUERY[:3] + b"\x0f" + QUERY[4:],
        NAMED[:8] + b"\x14" + NAMED[9:],
        WILLING[:-1],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Another version, operation or length."""
    unknown(PROBE, payload, DATAGRAM, 0)
