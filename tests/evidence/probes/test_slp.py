"""Tests of the slp probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.slp import PROBE
from tests.evidence.probes.cases import DATAGRAM, STREAM, Case, known, unknown

TYPE = b"service:printer"
BODY = b"\0\0" + b"\0\x0f" + TYPE + b"\0\x07DEFAULT" + b"\0\0" + b"\0\0"  # responders, type, scopes, predicate, SPI
# version 2, request, length, flags, no extension, XID, language "en"
REQUEST = (
    bytes.fromhex("02 01") + (16 + len(BODY)).to_bytes(3, "big") + bytes.fromhex("0000 000000 1a2b 0002") + b"en" + BODY
)
REPLY = bytes.fromhex("02 02 000014 0000 000000 1a2b 0002") + b"en" + bytes.fromhex("0000 0000")
OLD_BODY = b"\0\0" + b"\0\x0f" + TYPE
# version 1, request, length, flags, dialect, language "en", encoding, XID
OLD = (
    bytes.fromhex("01 01") + (12 + len(OLD_BODY)).to_bytes(2, "big") + b"\0\0en" + bytes.fromhex("0003 1a2b") + OLD_BODY
)


@pytest.mark.parametrize(
    "case",
    [
        Case(REQUEST, DATAGRAM, "request", CLIENT, "service:printer"),
        Case(REPLY, DATAGRAM, "reply", SERVER),
        Case(OLD, DATAGRAM, "request", CLIENT, "service:printer"),
        Case(REPLY, STREAM, "reply", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Both versions; the label is the service's type."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        REQUEST + b"\0",
        REQUEST[:1] + b"\x0c" + REQUEST[2:],  # no such function
        REQUEST[:14] + b"\x01\x02" + REQUEST[16:],  # no language
        REQUEST[:6] + b"\x01" + REQUEST[7:],  # reserved flags
        OLD[:5] + b"\x01" + OLD[6:],  # no such dialect
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, DATAGRAM, 0)
