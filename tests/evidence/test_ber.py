"""Tests of the BER header and integer readers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence.ber import LONGEST, ber, ber_integer
from annotator.kernel.jit import kernel
from annotator.kernel.load import view


@kernel
def header(data: np.ndarray, i: int, end: int) -> tuple[int, int, int]:  # type: ignore[type-arg]  # bytes
    return ber(view(data), i, end)


@kernel
def integer(data: np.ndarray, i: int, end: int) -> tuple[int, int]:  # type: ignore[type-arg]  # bytes
    return ber_integer(view(data), i, end)


def array(payload: bytes) -> np.ndarray:  # type: ignore[type-arg]  # bytes
    return np.frombuffer(payload, np.uint8)


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        ("30 05", (0x30, 2, 7)),
        ("30 81 80", (0x30, 3, 131)),
        ("30 82 0100", (0x30, 4, 260)),
        ("30 84 00000010", (0x30, 6, 22)),  # as Windows writes it
        ("30", (-1, 0, 0)),  # the length is not there
        ("30 82 01", (-1, 0, 0)),
        ("30 80", (-2, 0, 0)),  # indefinite
        ("30 85 0000000001", (-2, 0, 0)),  # five octets of length
        ("3f 01", (-2, 0, 0)),  # a tag of several octets
        ("30 84 7fffffff", (-2, 0, 0)),  # longer than any message
    ],
)
def test_headers_are_read(encoded: str, expected: tuple[int, int, int]) -> None:
    """Short and long lengths; what is cut is told from what is none."""
    payload = bytes.fromhex(encoded)
    assert header(array(payload), 0, len(payload)) == expected


@given(st.integers(-(1 << 31), (1 << 32) - 1))
def test_integers_are_read_as_python_writes_them(value: int) -> None:
    """Of up to 32 bits, signed, and unsigned with a zero in front; every cut of one is told."""
    contents = value.to_bytes((value if value >= 0 else ~value).bit_length() // 8 + 1, "big", signed=True)
    payload = bytes([0x02, len(contents)]) + contents
    assert integer(array(payload), 0, len(payload)) == (value, len(payload))
    for length in range(len(payload)):
        assert integer(array(payload[:length] or b"\0")[:length], 0, length)[1] == -1


@pytest.mark.parametrize("encoded", ["04 01 05", "02 00", "02 06 010203040506", "02 05 01 00000000"])
def test_what_is_no_such_integer_is_told(encoded: str) -> None:
    """Another tag, no contents, too many."""
    payload = bytes.fromhex(encoded)
    assert integer(array(payload), 0, len(payload))[1] == -2


@given(st.binary(max_size=16))
def test_no_bytes_lead_out_of_bounds(payload: bytes) -> None:
    """Contents begin behind their header, and are no longer than any message is."""
    tag, start, stop = header(array(payload), 0, len(payload))
    assert tag < 0 or (2 <= start <= len(payload) and start <= stop <= start + LONGEST)
