"""Tests of the dns probe."""

import pytest

from annotator.evidence.probe import CLIENT, CONFIRMED, LINK_LOCAL_GROUP, SERVER, SPECULATIVE, START, UDP
from annotator.evidence.probes.dns import PROBE
from tests.evidence.probes.asking import ask
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits

NAME = b"\x03www\x07example\x03org\x00"
QUESTION = NAME + bytes.fromhex("0001 0001")  # A, IN
QUERY = bytes.fromhex("b10c 0100 0001 0000 0000 0000") + QUESTION
ANSWER = bytes.fromhex("c00c 0001 0001 00000e10 0004 c0000201")  # pointer, A, IN, an hour, 192.0.2.1
RESPONSE = bytes.fromhex("b10c 8180 0001 0001 0000 0000") + QUESTION + ANSWER
OPT = bytes.fromhex("00 0029 04d0 00000000 0000")  # root, OPT, 1,232 octets, no options
EDNS = bytes.fromhex("b10c 0120 0001 0000 0000 0001") + QUESTION + OPT
ROOT = bytes.fromhex("0001 0000 0001 0000 0000 0000") + bytes.fromhex("00 0002 0001")  # who serves the root?
UPDATE = (
    bytes.fromhex("77aa 2800 0001 0000 0001 0000")
    + b"\x07example\x03org\x00"
    + bytes.fromhex("0006 0001")
    + (b"\x03new\xc0\x0c" + bytes.fromhex("0001 0001 00000e10 0004 c0000202"))
)


def framed(message: bytes) -> bytes:
    """Put the length in front, as over TCP."""
    return len(message).to_bytes(2, "big") + message


@pytest.mark.parametrize(
    "case",
    [
        Case(QUERY, DATAGRAM, "query", CLIENT, "www.example.org"),
        Case(RESPONSE, DATAGRAM, "response", SERVER, "www.example.org"),
        Case(EDNS, DATAGRAM, "query", CLIENT, "www.example.org"),
        Case(ROOT, DATAGRAM, "query", CLIENT, "."),
        Case(UPDATE, DATAGRAM, "query", CLIENT, "example.org"),
        Case(framed(QUERY), STREAM, "query", CLIENT, "www.example.org"),
        Case(framed(RESPONSE), STREAM, "response", SERVER, "www.example.org"),
        Case(framed(QUERY), MIDDLE, "query", CLIENT, "www.example.org"),
        Case(framed(QUERY) * 2, STREAM, "query", CLIENT, "www.example.org"),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Queries, responses and updates, in datagrams and streams."""
    known(PROBE, case)


@pytest.mark.parametrize("split", [2, 5, 14, 20])
def test_a_message_in_pieces_is_waited_for(split: int) -> None:
    """Some stacks send the length on its own."""
    if split in {2, 14, 20}:
        waits(PROBE, framed(QUERY)[:split])
    unknown(PROBE, framed(QUERY)[:split], STREAM)


@pytest.mark.parametrize(
    "payload",
    [
        QUERY[:3] + b"\x40" + QUERY[4:],  # the bit that must be zero
        QUERY[:3] + b"\x03" + QUERY[4:],  # a query with a result code
        QUERY[:4] + b"\x00\x00" + QUERY[6:],  # no question and no record
        QUERY[:-2] + b"\x00\x02",  # a class that nobody uses
        QUERY[:-4] + b"\x00\x00\x00\x01",  # type 0
        QUERY[:12] + b"\x40" + QUERY[13:],  # a label of 64
        QUERY[:12] + b"\xc0\x0c" + QUERY[14:],  # a name that points at itself
        QUERY[:12] + b"\xc0\x20" + QUERY[14:],  # a name that points forward
        QUERY[:7] + b"\x05" + QUERY[8:],  # five answers that are not there
        QUERY + b"\0" * 6,  # octets behind the end
        bytes(64),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """One field out of its range is enough."""
    unknown(PROBE, payload, DATAGRAM)


def test_a_long_answer_in_fragments_is_known_by_its_question() -> None:
    """A first fragment, or a reply that was cut, holds the question."""
    assert ask(PROBE, RESPONSE[:-6], DATAGRAM).grade == CONFIRMED
    assert ask(PROBE, QUERY + b"\0", DATAGRAM).grade == SPECULATIVE


def test_the_groups_of_mdns_and_llmnr_are_left_to_them() -> None:
    """The address says what it is."""
    unknown(PROBE, QUERY, UDP | START | LINK_LOCAL_GROUP, 0)


def test_a_name_of_netbios_is_left_to_its_probe() -> None:
    """32 letters A to P behind their count."""
    encoded = b"\x20" + b"CK" + b"A" * 30 + b"\x00"
    unknown(PROBE, QUERY[:12] + encoded + bytes.fromhex("0020 0001"), DATAGRAM, 0)


def test_in_mid_stream_only_a_whole_message_counts() -> None:
    """The length must end where the segment does."""
    unknown(PROBE, framed(QUERY) + b"\x00", MIDDLE)
    unknown(PROBE, framed(QUERY)[:-1], MIDDLE, 0)
