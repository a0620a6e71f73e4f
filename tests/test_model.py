"""The types that cross rooms: codes that words can be looked up by, bits that do not overlap."""

import dataclasses

import numpy as np
import pytest

from annotator import model
from annotator.model import HEADER, NO_TIME, PORT_TRANSPORT, Flows, HeaderFlag, PacketBatch, Signal, Words
from tests.decode.decoding import batch
from tests.flow.talk import flows_of

CODES = [
    kind for kind in vars(model).values() if isinstance(kind, type) and issubclass(kind, Words) and kind is not Words
]


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
def test_codes_count_from_zero_without_gaps(kind: type[Words]) -> None:
    """The code is the index of its word, which is what NumPy columns of codes are turned to text by."""
    assert [member.value for member in kind] == list(range(len(kind)))
    assert kind.words() == [member.word for member in kind]
    assert all(word == word.lower() and " " not in word for word in kind.words())
    assert len(set(kind.words())) == len(kind)


@pytest.mark.parametrize("bits", [HeaderFlag, Signal], ids=["HeaderFlag", "Signal"])
def test_bits_are_bits_of_their_own(bits: tuple[int, ...]) -> None:
    """Each is one bit, none is used twice, and all fit the column that holds them."""
    assert all(bit.bit_count() == 1 for bit in bits)
    assert len(set(bits)) == len(bits)
    column = HEADER["flags"] if bits is HeaderFlag else HEADER["signal"]
    assert max(bits) <= np.iinfo(column).max


def test_no_time_is_no_time_that_a_capture_can_have() -> None:
    """It is the lowest number that the column holds, centuries before any packet."""
    assert np.iinfo(np.int64).min == NO_TIME


def test_lengths_are_those_of_the_columns() -> None:
    """A batch is as long as its packets, flows as their rows."""
    made = batch([b"a", b"b", b"c"])
    assert (len(made), len(flows_of("0 udp a:1 > b:2"))) == (3, 1)
    assert {field.name for field in dataclasses.fields(PacketBatch)} >= {"data", "offset", "ts_ns", "caplen", "origlen"}


def test_column_names_tell_their_ends() -> None:
    """What one end has, the other has too."""
    names = {field.name for field in dataclasses.fields(Flows)}
    assert {name.replace("initiator", "responder") for name in names if "initiator" in name} == {
        name for name in names if "responder" in name
    }


def test_transports_with_ports_have_a_registry() -> None:
    """UDP-Lite shares UDP's port space; every other has its own."""
    assert sorted(set(PORT_TRANSPORT.values())) == ["dccp", "sctp", "tcp", "udp"]
