"""Tests of the rtp probe."""

import pytest

from annotator.evidence.probe import REPEAT, SPECULATIVE
from annotator.evidence.probes.rtp import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

PCMU = bytes.fromhex("80 00 1c2d 0000a000 5eed0001") + bytes(160)
VIDEO = bytes.fromhex("b1 e0 0001 00000000 5eed0002 5eed0003 bede 0001 10000000") + bytes(20) + b"\0\0\0\x04"


@pytest.mark.parametrize(
    "case",
    [
        Case(PCMU, DATAGRAM, "header", label="SSRC 5eed0001", grade=SPECULATIVE, wishes=REPEAT),
        Case(VIDEO, DATAGRAM, "header", label="SSRC 5eed0002", grade=SPECULATIVE, wishes=REPEAT),
    ],
)
def test_packets_are_suspected(case: Case) -> None:
    """A list of sources, an extension and padding are walked; the source is what the next packet has to repeat."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x40" + PCMU[1:],  # version 1
        PCMU[:1] + b"\x48" + PCMU[2:],  # a type that is neither static nor dynamic
        PCMU[:1] + b"\xc8" + PCMU[2:],  # RTCP's
        PCMU[:8] + bytes(4) + PCMU[12:],  # no source
        PCMU[:12],  # nothing carried
        b"\x8f" + PCMU[1:40],  # more sources than there is room for
        b"\x90" + PCMU[1:14],  # an extension without its header
        VIDEO[:-1] + b"\x63",  # more padding than there is
        VIDEO[:-1] + b"\0",
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range, lists that do not fit."""
    unknown(PROBE, payload, DATAGRAM, 0)
