"""Tests of the diameter probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, START
from annotator.evidence.probe import SCTP as SCTP_BIT
from annotator.evidence.probes.diameter import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown

HOST = bytes.fromhex("00000108 40 00000f") + b"hss.org" + b"\0"  # Origin-Host, mandatory, 15 bytes
ADDRESS = bytes.fromhex("00000101 40 00000e 0001 c0000201 0000")  # Host-IP-Address
IDS = bytes.fromhex("00000000 11223344 55667788")
EXCHANGE = bytes.fromhex("01 000034 80 000101") + IDS + HOST + ADDRESS  # Capabilities-Exchange-Request
ANSWER = bytes.fromhex("01 000030 00 000101") + IDS + bytes.fromhex("0000010c 40 00000c 000007d1") + HOST
WATCHDOG = bytes.fromhex("01 000024 80 000118") + IDS + HOST


@pytest.mark.parametrize(
    "case",
    [
        Case(EXCHANGE, STREAM, "request", CLIENT, "hss.org"),
        Case(ANSWER, STREAM, "answer", SERVER, "hss.org"),
        Case(WATCHDOG, MIDDLE, "request", label="hss.org"),
        Case(EXCHANGE, SCTP_BIT | START, "request", CLIENT, "hss.org"),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Over TCP and SCTP; later both ends ask."""
    known(PROBE, case)


def test_a_bare_header_is_a_guess() -> None:
    """The first attribute is what proves it."""
    unknown(PROBE, EXCHANGE[:20], STREAM)


@pytest.mark.parametrize(
    "payload",
    [
        EXCHANGE[:3] + b"\x33" + EXCHANGE[4:],  # no multiple of four
        EXCHANGE[:4] + b"\x81" + EXCHANGE[5:],  # reserved flags
        EXCHANGE[:4] + b"\xa0" + EXCHANGE[5:],  # a request that reports an error
        EXCHANGE[:25] + b"\x00\x00\x07" + EXCHANGE[28:],  # an attribute shorter than its header
        EXCHANGE[:25] + b"\x00\x01\x00" + EXCHANGE[28:],  # and one past the end
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, STREAM, 0)
