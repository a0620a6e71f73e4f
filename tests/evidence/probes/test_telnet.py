"""Telnet: option negotiation."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, SPECULATIVE
from annotator.evidence.probes.telnet import PROBE
from tests.evidence.probes.asking import ask
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown

# IAC DO SUPPRESS-GO-AHEAD, IAC WILL STATUS; and a subnegotiation of the terminal's type
NEGOTIATION = bytes.fromhex("fffd03 fffb05")
TERMINAL = bytes.fromhex("fffa18 01 fff0 fffd01")


@pytest.mark.parametrize(
    "case",
    [
        Case(NEGOTIATION, STREAM, "option negotiation", ANY_ROLE),
        Case(TERMINAL + b"login: ", STREAM, "option negotiation", ANY_ROLE),
        Case(NEGOTIATION[:3], STREAM, "option negotiation", ANY_ROLE, grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        bytes.fromhex("fffd03 ff00"),
        bytes.fromhex("fffb80 fffd01"),
        bytes.fromhex("fffa18 01 02 03"),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_in_mid_stream_negotiation_must_fill_its_segment() -> None:
    assert ask(PROBE, NEGOTIATION, MIDDLE).grade == CONFIRMED
    unknown(PROBE, NEGOTIATION + b"text", MIDDLE)
