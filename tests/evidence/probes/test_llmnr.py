"""Tests of the llmnr probe."""

import pytest

from annotator.evidence.probe import CLIENT, LINK_LOCAL_GROUP, SERVER, START, UDP
from annotator.evidence.probes.llmnr import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

GROUP = UDP | START | LINK_LOCAL_GROUP
QUESTION = b"\x04wpad\x00" + bytes.fromhex("0001 0001")
QUERY = bytes.fromhex("9d2e 0000 0001 0000 0000 0000") + QUESTION
RESPONSE = (
    bytes.fromhex("9d2e 8000 0001 0001 0000 0000") + QUESTION + bytes.fromhex("c00c 0001 0001 0000001e 0004 c0000209")
)


@pytest.mark.parametrize(
    "case",
    [Case(QUERY, GROUP, "query", CLIENT, "wpad"), Case(RESPONSE, DATAGRAM, "response", SERVER, "wpad")],
)
def test_messages_are_known(case: Case) -> None:
    """A query goes to the group; the answer comes back from an address of its own."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (QUERY, DATAGRAM),  # a query that was not sent to the group
        (b"\0\0" + QUERY[2:], GROUP),  # mDNS has no identifier
        (QUERY[:2] + b"\x01\x00" + QUERY[4:], GROUP),  # DNS asks for recursion
        (RESPONSE[:2] + b"\x81\x80" + RESPONSE[4:], DATAGRAM),  # and says that it is there
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes, context: int) -> None:
    """Each is another protocol's message."""
    unknown(PROBE, payload, context, 0)
