"""Tests of the vnc probe."""

import pytest

from annotator.evidence.probes.vnc import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


@pytest.mark.parametrize("version", ["003.003", "003.008", "003.889", "004.001"])
def test_versions_are_known(version: str) -> None:
    """Both ends send the same line, so it tells no role."""
    line = f"RFB {version}\n".encode()
    known(PROBE, Case(line, STREAM, "protocol version", label=line[:-1].decode()))


def test_a_line_in_pieces_is_waited_for() -> None:
    """Twelve bytes."""
    waits(PROBE, b"RFB 003")


@pytest.mark.parametrize("line", [b"RFB 003,008\n", b"RFB 003.008\r", b"RFB 0x3.008\n", b"RFB version\n"])
def test_near_misses_are_not_known(line: bytes) -> None:
    """Digits, a point, a newline."""
    unknown(PROBE, line, STREAM, 0)


def test_in_mid_stream_it_is_none() -> None:
    """It stands at the start only."""
    unknown(PROBE, b"RFB 003.008\n", MIDDLE, 0)
