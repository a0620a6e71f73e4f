"""Tests of what the probes of ONC RPC share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence.probe import MORE, NO, START, TCP, UDP
from annotator.evidence.probes._sunrpc import announced_ports, call_header, known_flavor
from annotator.kernel.jit import kernel
from annotator.kernel.load import view
from tests.evidence.probes.rpc_messages import call, record, reply, words


@kernel
def header(data: np.ndarray, context: int) -> tuple[int, int, int]:  # type: ignore[type-arg]  # bytes
    return call_header(view(data), 0, len(data), len(data), context)


def read(payload: bytes, context: int) -> tuple[int, int, int]:
    return header(np.frombuffer(payload, np.uint8), context)


def test_a_call_gives_its_program_and_where_it_stands() -> None:
    """In a datagram, and behind a record mark."""
    assert read(call(100003, 3, 1), UDP | START) == (3, 100003, 12)
    assert read(record(call(100005, 3, 1)), TCP | START) == (3, 100005, 16)


def test_what_is_cut_is_waited_for_in_a_stream_only() -> None:
    """The verifier ends the header."""
    whole = record(call(100003, 3, 1))
    assert {read(whole[:length], TCP | START)[0] for length in range(4, len(whole))} == {MORE}
    datagram = call(100003, 3, 1)
    assert {read(datagram[:length], UDP | START)[0] for length in range(1, len(datagram))} == {NO}


@pytest.mark.parametrize(
    "payload",
    [
        reply(7, 0, 0, 0, 0, 0),  # a reply
        call(0x70000000, 1, 1),  # a program outside of what is assigned
        call(100003, 9999, 1),
        call(100003, 3, 9999),
        words(1, 0, 3) + call(100003, 3, 1)[12:],  # RPC version 3
    ],
)
def test_other_words_are_no_call(payload: bytes) -> None:
    """Each field has its range."""
    assert read(payload, UDP | START)[0] == NO


def test_flavors_are_the_assigned_ones() -> None:
    """None, system, Kerberos, GSS, and the pseudo flavors of GSS."""
    assert [known_flavor(value) for value in (0, 1, 6, 7, 8, 390003, 390021)] == [True] * 4 + [False, True, False]


@given(st.binary(max_size=200))
def test_announcements_are_always_ports(payload: bytes) -> None:
    """Whatever the bytes, ports are ports, and not endlessly many."""
    for transport in (payload, reply() + payload, record(reply() + payload)):
        found = announced_ports(transport)
        assert len(found) <= 64
        assert all(address == "" and kind in {"tcp", "udp"} and 0 < port < 65536 for address, kind, port in found)
