"""Tests of the tds probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE, UPGRADE
from annotator.evidence.probes.tds import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown


def packet(kind: int, body: bytes) -> bytes:
    """Put the packet's header before a body: end of message, SPID 0, number 1, window 0."""
    return bytes([kind, 1]) + (8 + len(body)).to_bytes(2, "big") + bytes.fromhex("0000 01 00") + body


# VERSION at 11 of 6 bytes, ENCRYPTION at 17 of 1 byte
PRELOGIN = packet(0x12, bytes.fromhex("00 000b 0006 01 0011 0001 ff 0f000fa00000 01"))
ANSWER = packet(0x04, bytes.fromhex("00 000b 0006 01 0011 0001 ff 0f000fa00000 01"))
LOGIN = packet(0x10, bytes.fromhex("30000000 04000074") + bytes(40))
INSIDE = packet(0x12, bytes.fromhex("160301 0010 01") + bytes(15))


@pytest.mark.parametrize(
    "case",
    [
        Case(PRELOGIN, STREAM, "PRELOGIN", CLIENT, wishes=UPGRADE),
        Case(ANSWER, STREAM, "PRELOGIN", SERVER, wishes=UPGRADE),
        Case(LOGIN, STREAM, "LOGIN7", CLIENT),
        Case(INSIDE, STREAM, "TLS in PRELOGIN", CLIENT, grade=SPECULATIVE),
    ],
)
def test_packets_are_known(case: Case) -> None:
    """What opens the session, in both directions."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (PRELOGIN, MIDDLE),
        (PRELOGIN[:-1], STREAM),
        (PRELOGIN[:7] + b"\x01" + PRELOGIN[8:], STREAM),  # window
        (PRELOGIN[:8] + b"\x01" + PRELOGIN[9:], STREAM),  # VERSION does not come first
        (PRELOGIN[:10] + b"\x40" + PRELOGIN[11:], STREAM),  # an option past the end
        (PRELOGIN[:13] + b"\x0a" + PRELOGIN[14:], STREAM),  # no such option
        (LOGIN[:15] + b"\x75" + LOGIN[16:], STREAM),  # no such version
        (LOGIN[:8] + b"\x31" + LOGIN[9:], STREAM),
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context, 0)
