"""Tests of the cassandra probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.cassandra import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown

OPTIONS = bytes.fromhex("04 00 0000 05 00000000")
VERSION = bytes.fromhex("0001 000b") + b"CQL_VERSION" + bytes.fromhex("0005") + b"3.0.0"
STARTUP = bytes.fromhex("04 00 0001 01 00000016") + VERSION
STARTUP_2 = bytes.fromhex("02 00 01 01 00000016") + VERSION  # the stream is one byte until version 3
SUPPORTED = bytes.fromhex("84 00 0000 06 00000018 0001 000b") + b"CQL_VERSION" + bytes.fromhex("0001 0005") + b"3.4.6"
READY = bytes.fromhex("84 00 0001 02 00000000")
AUTHENTICATE = bytes.fromhex("84 00 0001 03 00000004 0002") + b"xy"
ERROR = bytes.fromhex("84 00 0001 00 00000009 0000000a 0003") + b"bad"
NODE = bytes.fromhex("ca552dfa 00000800")


@pytest.mark.parametrize(
    "case",
    [
        Case(OPTIONS, STREAM, "OPTIONS", CLIENT),
        Case(STARTUP, STREAM, "STARTUP", CLIENT),
        Case(STARTUP_2, STREAM, "STARTUP", CLIENT),
        Case(SUPPORTED, STREAM, "response", SERVER),
        Case(READY, STREAM, "response", SERVER),
        Case(AUTHENTICATE, STREAM, "response", SERVER),
        Case(ERROR, STREAM, "response", SERVER),
        Case(NODE, STREAM, "internode handshake", CLIENT),
    ],
)
def test_first_frames_are_known(case: Case) -> None:
    """Both directions, and what nodes say to each other."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (OPTIONS, MIDDLE),
        (OPTIONS + b"\0", STREAM),
        (b"\x06" + OPTIONS[1:], STREAM),  # version 6
        (OPTIONS[:1] + b"\x20" + OPTIONS[2:], STREAM),  # an unknown flag
        (OPTIONS[:4] + b"\x11" + OPTIONS[5:], STREAM),  # no such opcode
        (STARTUP + b"\0", STREAM),
        (READY[:4] + b"\x01" + READY[5:], STREAM),  # a server sends no STARTUP
        (ERROR[:9] + b"\x7f" + ERROR[10:], STREAM),  # no such error
        (AUTHENTICATE[:10] + b"\x03" + AUTHENTICATE[11:], STREAM),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context)
