"""Tests of the vxlan probe."""

import pytest

from annotator.evidence.probe import SPECULATIVE
from annotator.evidence.probes.vxlan import PROBE
from tests.evidence.probes.asking import ask
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown
from tests.evidence.probes.test_inner import ARP_FRAME, IPV4_FRAME, IPV6_FRAME, STRANGE_FRAME

HEADER = bytes.fromhex("08000000 00002a 00")


@pytest.mark.parametrize("frame", [IPV4_FRAME, IPV6_FRAME, ARP_FRAME])
def test_frames_in_frames_are_known(frame: bytes) -> None:
    """The network's identifier is the label."""
    known(PROBE, Case(HEADER + frame, DATAGRAM, "frame in a frame", label="VNI 42"))


def test_a_frame_of_something_else_is_a_guess() -> None:
    """As is one that the snap length cut short."""
    known(PROBE, Case(HEADER + STRANGE_FRAME, DATAGRAM, "frame in a frame", label="VNI 42", grade=SPECULATIVE))
    assert ask(PROBE, HEADER + IPV4_FRAME[:20], DATAGRAM, 8 + len(IPV4_FRAME)).grade == SPECULATIVE


@pytest.mark.parametrize(
    "payload",
    [
        b"\x0c" + HEADER[1:] + IPV4_FRAME,
        HEADER[:3] + b"\x01" + HEADER[4:] + IPV4_FRAME,
        HEADER[:7] + b"\x01" + IPV4_FRAME,
        HEADER + IPV4_FRAME[:-1],  # a packet that is longer than its frame
        HEADER + IPV4_FRAME[:14] + b"\x55" + IPV4_FRAME[15:],
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Reserved bits, and packets that do not fit."""
    unknown(PROBE, payload, DATAGRAM, 0)
