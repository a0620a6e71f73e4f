"""The checked loads against ``int.from_bytes``, compiled here and interpreted in a process of its own."""

import os
import subprocess
import sys
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from annotator.kernel import load
from annotator.kernel.cache import INTERPRETED
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, signed, u8, view

LOADS: list[tuple[str, int, Literal["big", "little"]]] = [
    ("u8", 1, "big"),
    ("be16", 2, "big"),
    ("be32", 4, "big"),
    ("be64", 8, "big"),
    ("le16", 2, "little"),
    ("le32", 4, "little"),
    ("le64", 8, "little"),
]
FAR = [-(2**63), -1, 2**31, 2**63 - 9, 2**63 - 4, 2**63 - 1]
"""Indexes whose sum with a size could wrap."""


@pytest.mark.parametrize(("name", "size", "order"), LOADS)
@given(data=st.binary(max_size=24), i=st.integers(-9, 33) | st.sampled_from(FAR))
@example(data=bytes(range(0xF8, 0x100)), i=0)
@example(data=bytes(8), i=2**63 - 4)
def test_loads_give_what_python_gives(
    name: str, size: int, order: Literal["big", "little"], data: bytes, i: int
) -> None:
    """A load inside the bytes gives their number, at any alignment; one that is not wholly inside raises."""
    read = getattr(load, name)
    array = np.frombuffer(data, np.uint8)  # outlives its view
    seen = view(array)
    if 0 <= i <= len(data) - size:
        assert int(read(seen, i)) == int.from_bytes(data[i : i + size], order)
    else:
        with pytest.raises(IndexError):
            read(seen, i)


@kernel
def last_bytes(data: Any, start: int, end: int) -> int:
    part = view(data[start:end])
    total = 0
    for i in range(end - start):
        total += u8(part, i)
    return total


@kernel
def one_past(data: Any, start: int, end: int) -> int:
    return be32(view(data[start:end]), end - start - 3)


def test_a_view_of_a_slice_ends_where_the_slice_ends() -> None:
    """What lies behind a slice in the same array cannot be loaded through its view."""
    data = np.arange(64, dtype=np.uint8)
    assert last_bytes(data, 10, 20) == sum(range(10, 20))
    with pytest.raises(IndexError):
        one_past(data, 10, 20)


@kernel
def mixed(column: Any, data: Any) -> int:
    return signed(column[0]) - be32(view(data), 0)


def test_signed_lets_columns_mix_with_loads() -> None:
    """A uint32 column's element and a load give an exact, signed difference, not a float and not a wrapped one."""
    result = mixed(np.array([5], np.uint32), np.frombuffer(b"\0\0\0\x07", np.uint8))
    assert result == -2
    assert isinstance(result, int | np.integer)


@pytest.mark.skipif(INTERPRETED, reason="this is the interpreted run")
def test_interpreted_loads_pass_the_same_tests() -> None:
    """The pure-Python twins give the same results and the same IndexError."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", __file__],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert " 9 passed, 1 skipped" in run.stdout
