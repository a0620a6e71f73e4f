"""Tests of the coap probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.coap import PROBE
from tests.evidence.probes.asking import ask
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

GET = bytes.fromhex("40 01 7d34 bb") + b"temperature"  # RFC 7252, figure 16: Uri-Path of 11 bytes
CONTENT = bytes.fromhex("60 45 7d34 ff") + b"22.3 C"
TOKEN = bytes.fromhex("42 01 7d35 0a0b bd01") + b"well-known/aaa"  # a length beyond 12 in a byte of its own
HOST = bytes.fromhex("50 01 7d36 3d05") + b"sensor.example.org" + b"\x81x"  # Uri-Host, then Uri-Path
OBSERVED = bytes.fromhex("61 45 1234 4a 61 0c 60 ff") + b"x"


@pytest.mark.parametrize(
    "case",
    [
        Case(GET, DATAGRAM, "request", CLIENT, "temperature"),
        Case(CONTENT, DATAGRAM, "response", SERVER),
        Case(TOKEN, DATAGRAM, "request", CLIENT, "well-known/aaa"),
        Case(HOST, DATAGRAM, "request", CLIENT, "x"),
        Case(OBSERVED, DATAGRAM, "response", SERVER),
        Case(bytes.fromhex("40 00 7d34"), DATAGRAM, "empty message", grade=SPECULATIVE),
        Case(bytes.fromhex("40 01 7d34"), DATAGRAM, "request", CLIENT, grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """The whole chain of options is walked; the first part of the path is the label."""
    known(PROBE, case)


def test_a_message_cut_by_the_snap_length_is_a_guess() -> None:
    """Options beyond the cut cannot be checked."""
    assert ask(PROBE, GET[:10], DATAGRAM, len(GET)).grade == SPECULATIVE


@pytest.mark.parametrize(
    "payload",
    [
        b"\x80" + GET[1:],  # version 2
        b"\x49" + GET[1:],  # a token of 9
        GET[:1] + b"\x08" + GET[2:],  # no such method
        GET[:1] + b"\x21" + GET[2:],  # no such class
        b"\x60" + GET[1:],  # a request does not acknowledge
        GET[:4] + b"\xbc" + GET[5:],  # an option past the end
        GET[:4] + b"\xf1" + GET[5:],  # a reserved delta
        GET[:4] + b"\x01" + GET[5:],  # option 0
        CONTENT[:5],  # a marker with nothing behind it
        CONTENT[:1] + b"\x47" + CONTENT[2:],  # no such code
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Fields out of range, options that do not fit."""
    unknown(PROBE, payload, DATAGRAM)
