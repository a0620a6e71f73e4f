"""SOCKS: the messages of versions 4, 4a and 5."""

import pytest

from annotator.evidence.probe import CLIENT, CONFIRMED, FOLLOW, SERVER
from annotator.evidence.probes.socks import PROBE
from tests.evidence.probes.asking import ask
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits


@pytest.mark.parametrize(
    "case",
    [
        # RFC 1928 sections 3 and 4; SOCKS 4 and 4A
        Case(bytes.fromhex("05 02 00 02"), STREAM, "method offer", CLIENT, wishes=FOLLOW),
        Case(bytes.fromhex("05 00"), STREAM, "method choice", SERVER),
        Case(b"\5\1\0\3\x0bexample.org\1\xbb", STREAM, "version 5 request", CLIENT, "example.org"),
        Case(bytes.fromhex("05 01 00 01 c0000201 0050"), STREAM, "version 5 request", CLIENT),
        Case(bytes.fromhex("04 01 0050 c0000201") + b"Fred\0", STREAM, "version 4 request", CLIENT),
        Case(
            bytes.fromhex("04 01 0050 00000001 00") + b"example.org\0",
            STREAM,
            "version 4 request",
            CLIENT,
            "example.org",
        ),
        Case(bytes.fromhex("00 5a 0050 c0000201"), STREAM, "version 4 reply", SERVER),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        bytes.fromhex("05 02 00 00"),  # a method twice
        bytes.fromhex("05 02 00 02 00"),
        b"\5\1\0\3\x0cexample.org\1\xbb",
        bytes.fromhex("04 01 0050 c0000201") + b"Fred",
        bytes.fromhex("04 03 0050 c0000201") + b"Fred\0",
        bytes.fromhex("00 5f 0050 c0000201"),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, STREAM)


def test_an_offer_without_its_end_is_waited_for() -> None:
    waits(PROBE, bytes.fromhex("05 02"))


def test_in_mid_stream_only_a_request_is_known() -> None:
    """It comes behind the choice of a method."""
    assert ask(PROBE, b"\5\1\0\3\x0bexample.org\1\xbb", MIDDLE).grade == CONFIRMED
    unknown(PROBE, bytes.fromhex("05 00"), MIDDLE, 0)
