"""Tests of the mdns probe."""

import pytest

from annotator.evidence.probe import LINK_LOCAL_GROUP, START, UDP
from annotator.evidence.probes.mdns import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

GROUP = UDP | START | LINK_LOCAL_GROUP
SERVICE = b"\x04_ipp\x04_tcp\x05local\x00"
QUERY = bytes.fromhex("0000 0000 0001 0000 0000 0000") + SERVICE + bytes.fromhex("000c 0001")
UNICAST_WANTED = QUERY[:-2] + b"\x80\x01"
HOST = b"\x07printer\x05local\x00"
RESPONSE = bytes.fromhex("0000 8400 0000 0001 0000 0000") + HOST + bytes.fromhex("0001 8001 00000078 0004 c0000207")


@pytest.mark.parametrize(
    "case",
    [
        Case(QUERY, GROUP, "query", label="_ipp._tcp.local"),
        Case(RESPONSE, GROUP, "response", label="printer.local"),
        Case(UNICAST_WANTED, DATAGRAM, "query", label="_ipp._tcp.local"),
        Case(RESPONSE, DATAGRAM, "response", label="printer.local"),
        Case(QUERY, DATAGRAM, "query", label="_ipp._tcp.local"),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """To the group, or by the form alone: the top bit of the class, or .local with identifier 0."""
    known(PROBE, case)


def test_what_dns_would_send_is_not_mdns() -> None:
    """An identifier and an ordinary name."""
    plain = bytes.fromhex("b10c 0100 0001 0000 0000 0000") + b"\x07example\x03org\x00" + bytes.fromhex("0001 0001")
    unknown(PROBE, plain, DATAGRAM, 0)
    unknown(PROBE, plain, GROUP, 0)
    unknown(PROBE, b"\x12\x34" + QUERY[2:], DATAGRAM, 0)
