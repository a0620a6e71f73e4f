"""Range classes, and ports as the registry writes them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.registry.ranges import format_ports, parse_ports, range_class
from annotator.words import RangeClass


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        (0, RangeClass.SYSTEM),
        (1023, RangeClass.SYSTEM),
        (1024, RangeClass.USER),
        (49151, RangeClass.USER),
        (49152, RangeClass.DYNAMIC),
        (65535, RangeClass.DYNAMIC),
        (-1, RangeClass.NONE),
        (65536, RangeClass.NONE),
    ],
)
def test_the_edges_of_the_range_classes(port: int, expected: RangeClass) -> None:
    """RFC 6335 section 6: 0-1023, 1024-49151, 49152-65535."""
    assert range_class(port) is expected


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint16])
def test_arrays_give_the_same_as_numbers(dtype: type[np.integer]) -> None:
    """An array of any integer type and shape gives the codes that single ports give."""
    ports = np.arange(65536).astype(dtype).reshape(256, 256)
    codes = range_class(ports)
    assert codes.shape == ports.shape
    assert codes.dtype == np.uint8
    assert codes.ravel().tolist() == [range_class(port) for port in range(65536)]


def test_no_port_in_an_array_has_no_range_class() -> None:
    """NO_PORT (-1) and what exceeds 65535 are none."""
    assert range_class(np.array([-1, 70000])).tolist() == [RangeClass.NONE] * 2


@given(st.integers(0, 65535), st.integers(0, 65535))
def test_what_is_written_is_read_again(one: int, other: int) -> None:
    """A range survives writing and reading."""
    first, last = sorted((one, other))
    assert parse_ports(format_ports(first, last)) == (first, last)


def test_a_degenerate_range_is_one_port() -> None:
    """The registry writes six ranges as N-N."""
    assert parse_ports("8203-8203") == (8203, 8203)
    assert format_ports(8203, 8203) == "8203"


def test_no_text_is_no_port() -> None:
    """A name without a port has an empty port field."""
    assert parse_ports("") is None


@pytest.mark.parametrize(
    "text", ["65536", "1-65536", "9-1", "x", "1-", "-1", "1-2-3", " 1", "1 ", "٣", "0000080", "1e3"]
)
def test_what_is_no_port_is_refused(text: str) -> None:
    """Only digits, at most 65535, upwards."""
    with pytest.raises(ValueError, match=r"port|backwards"):
        parse_ports(text)
