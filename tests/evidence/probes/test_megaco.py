"""Tests of the megaco probe."""

import pytest

from annotator.evidence.probes.megaco import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown

LONG = b"MEGACO/1 [192.0.2.1]:2944\nTransaction = 9998 {"
SHORT = b"!/1 [192.0.2.1]:2944 T=9998{C=-{"


@pytest.mark.parametrize("text", [LONG, SHORT])
def test_messages_are_known(text: bytes) -> None:
    """The long and the short form; over TCP behind TPKT."""
    known(PROBE, Case(text, DATAGRAM, "message"))
    known(PROBE, Case(b"\x03\0" + (len(text) + 4).to_bytes(2, "big") + text, STREAM, "message"))


@pytest.mark.parametrize(
    ("text", "context"),
    [
        (b"MEGACO/9 [192.0.2.1]:2944\n", DATAGRAM),
        (b"MEGACO/1-[192.0.2.1]:2944\n", DATAGRAM),
        (b"!/1 !nothing of the kind", DATAGRAM),
        (LONG, MIDDLE),
    ],
)
def test_near_misses_are_not_known(text: bytes, context: int) -> None:
    """Version, a space, an address."""
    unknown(PROBE, text, context, 0)
