"""Tests of the dhcp probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.dhcp import PROBE
from tests.evidence.probes.asking import ask, nominated
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

UDP_BIT = 2
HEAD = bytes.fromhex("01 06 00 3903f326 0000 0000") + bytes(16) + bytes.fromhex("00005e005301") + bytes(10 + 192)
COOKIE = bytes.fromhex("63825363")
DISCOVER = b"\x01" + HEAD + COOKIE + bytes.fromhex("350101") + b"\x0c\x04desk" + b"\xff" + bytes(8)
OFFER = b"\x02" + HEAD + COOKIE + bytes.fromhex("350102 3604c0000201 ff")


@pytest.mark.parametrize(
    "case",
    [Case(DISCOVER, DATAGRAM, "request", CLIENT, "desk"), Case(OFFER, DATAGRAM, "reply", SERVER)],
)
def test_messages_are_known(case: Case) -> None:
    """Both operations; the host's name is the label."""
    assert len(HEAD) == 235
    known(PROBE, case)


def test_a_message_cut_before_its_cookie_is_a_guess() -> None:
    """A snap length of 64 leaves the header only."""
    assert nominated(PROBE, DISCOVER[:64], UDP_BIT, len(DISCOVER))
    assert ask(PROBE, DISCOVER[:64], DATAGRAM, len(DISCOVER)).grade == SPECULATIVE
    unknown(PROBE, DISCOVER[:64], DATAGRAM, 0)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x03" + DISCOVER[1:],  # neither request nor reply
        DISCOVER[:236] + b"\x63\x82\x53\x64" + DISCOVER[240:],
        DISCOVER[:2] + b"\x20" + DISCOVER[3:],  # a hardware address of 32 bytes
        OFFER[:-1] + b"\x36\x40\xff",  # an option past the end
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Fields out of range."""
    unknown(PROBE, payload, DATAGRAM)
