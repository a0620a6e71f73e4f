"""Kernels: called as the functions that they are made from, compiled once a combination of types, kept for the next."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from annotator.kernel.cache import INTERPRETED
from annotator.kernel.jit import Kernel, kernel, take_apart

compiled_only = pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")


class Columns(NamedTuple):
    """Arrays that go together."""

    key: NDArray[np.int64]
    value: NDArray[np.uint8]
    nothing: None


@kernel
def twice(number: Any) -> Any:
    return number + number


@kernel
def largest(numbers: Any) -> Any:
    found = numbers[0]
    for number in numbers:
        found = max(found, number)
    return found


@kernel
def table_sum(table: Any) -> int:
    total = 0
    for row in range(table.shape[0]):
        for column in range(table.shape[1]):
            total += np.int64(table[row, column]) * (row + 1)
    return total


@kernel
def fill(columns: Any, record: Any, by: int, on: bool) -> None:
    for n in range(len(columns.key)):
        columns.key[n] += by + np.int64(columns.value[n])
    if on and columns.nothing is None:
        record[0]["count"] = len(columns.key)
        record[0]["pair"][1] = by


@kernel
def answers(number: int, wide: Any) -> tuple[int, Any, bool]:
    return number - 1, wide, number > 0


@kernel
def refuse(number: int) -> int:
    if number > 2:
        raise ValueError("more than two", 3)
    return number


@kernel
def make_room(length: int) -> int:
    """Make arrays as kernels may, and let go of them."""
    total = 0
    for n in range(length):
        room = np.zeros(n + 1, np.int64)
        room[n] = n
        total += room.sum()
    return total


@given(st.integers(-(2**62), 2**62 - 1))
def test_integers_go_in_and_come_out(number: int) -> None:
    assert twice(number) == 2 * number


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1))
def test_wide_unsigned_numbers_come_out_whole(numbers: list[int]) -> None:
    assert largest(np.array(numbers, np.uint64)) == max(numbers)


@pytest.mark.parametrize("dtype", ["u1", "i2", "<u4", "i8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_any_order_and_stride(dtype: str, order: Any) -> None:
    """Shape and strides are read where NumPy keeps them: nothing is copied, and every view is understood."""
    table = np.arange(60).astype(dtype).reshape(6, 10, order=order)
    for view in (table, table[::2, ::-3], table.T, table[5:, :0], table[::-1]):
        assert table_sum(view) == int((view.astype(np.int64) * (np.arange(len(view)) + 1)[:, None]).sum())


def test_tuples_records_and_nothing() -> None:
    """A named tuple's arrays are written to in place, as are the fields of records, arrays among them."""
    columns = Columns(np.arange(3), np.array([1, 2, 255], np.uint8), None)
    record = np.zeros(1, np.dtype([("count", "u1"), ("pair", "i4", 2)], align=True))
    assert fill(columns, record, 10, True) is None
    assert columns.key.tolist() == [11, 13, 267]
    assert (int(record[0]["count"]), record[0]["pair"].tolist()) == (3, [0, 10])


def test_tuples_come_out_with_the_kinds_of_numbers_that_went_in() -> None:
    got = answers(-5, np.uint64(2**64 - 1))
    assert got == (-6, 2**64 - 1, False)
    assert type(got[2]) is bool


def test_an_error_is_raised_as_it_stands_in_the_function() -> None:
    assert refuse(2) == 2
    with pytest.raises(ValueError, match="more than two") as caught:
        refuse(3)
    assert caught.value.args == ("more than two", 3)


def test_kernels_may_make_arrays() -> None:
    """What they make is freed: a gigabyte in all, of which no more than 8 kB is in use at a time."""
    assert make_room(1000) == 499_500
    assert make_room(16_000) == 127_992_000


@compiled_only
def test_a_version_for_each_combination_of_types() -> None:
    """Another type is another version; another length is not, and neither is a view that is laid out alike."""
    made = Kernel(table_sum.py_func)  # type: ignore[attr-defined]
    made(np.zeros((3, 4)).astype(np.int64))
    made(np.zeros((7, 1)).astype(np.int64))
    assert made.versions == 1
    made(np.zeros((3, 4)).astype(np.uint8))
    assert made.versions == 2


@compiled_only
@pytest.mark.parametrize("argument", ["text", 1.5, b"bytes", [1], {}, np.float64(1)])
def test_what_no_kernel_takes_is_refused(argument: Any) -> None:
    with pytest.raises(TypeError, match="a kernel takes no"):
        twice(argument)


@compiled_only
@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2**64 + 3])
def test_an_integer_that_does_not_fit_is_refused(number: int) -> None:
    """It would be cut without a word. One of NumPy's, which has a type, is handed over as that."""
    with pytest.raises(OverflowError):
        twice(number)
    assert answers(0, np.uint64(2**63))[1] == 2**63


@pytest.mark.parametrize("truth", [True, False, np.True_, np.False_])
def test_truth_values_of_python_and_numpy(truth: Any) -> None:
    record = np.zeros(1, np.dtype([("count", "u1"), ("pair", "i4", 2)], align=True))
    fill(Columns(np.arange(3), np.zeros(3, np.uint8), None), record, 1, truth)
    assert bool(record[0]["count"]) is bool(truth)


@compiled_only
def test_more_or_fewer_arguments_are_refused() -> None:
    """The machine code cannot count: a call that does not fit never gets there."""
    with pytest.raises(TypeError):
        twice(1, 2)
    with pytest.raises(TypeError):
        twice()


def kinds_of(*values: Any) -> list[Any]:
    kinds: list[Any] = []
    take_apart(values, kinds, [])
    return kinds


def test_kinds_are_the_same_for_what_compiled_code_treats_alike() -> None:
    row = np.arange(12).reshape(3, 4)
    assert kinds_of(row[:1]) == kinds_of(row)
    assert kinds_of(row[:, 1]) != kinds_of(row[0])
    frozen = row.copy()
    frozen.flags.writeable = False
    assert kinds_of(frozen) != kinds_of(row)
    assert kinds_of(7) == kinds_of(-(2**40))
    assert kinds_of(np.uint64(7)) != kinds_of(7)
    assert kinds_of(True) == kinds_of(np.False_) != kinds_of(1)


def test_tuples_are_taken_apart_but_not_mixed_up() -> None:
    """Where one ends and what it is called are part of its kind."""
    one, two = np.arange(2), np.arange(3)
    assert kinds_of((one, two)) != kinds_of(one, two)
    assert kinds_of((one,), two) != kinds_of((one, two))
    assert kinds_of(Columns(one, two, None)) != kinds_of((one, two, None))
    flat: list[Any] = []
    take_apart((one, (two, None, (3,)), False), [], flat)
    assert all(a is b for a, b in zip(flat, [one, two, 3, False], strict=True))


LOAD = "import sys, numpy as np; from annotator.kernel.load import be32, view; be32(view(np.zeros(4, np.uint8)), 0); "


@compiled_only
def test_compiled_kernels_are_found_again_in_the_cache(tmp_path: Path) -> None:
    """A second process loads what the first compiled, without Numba, and writes no file anew."""
    env = {**os.environ, "ANNOTATOR_CACHE_DIR": str(tmp_path)}
    script = LOAD + "print('numba' in sys.modules)"

    def run() -> tuple[str, dict[Path, int]]:
        done = subprocess.run([sys.executable, "-c", script], env=env, check=True, capture_output=True, text=True)
        return done.stdout.strip(), {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.kernel")}

    first = run()
    assert first[0] == "True"
    assert len(first[1]) == 2
    assert run() == ("False", first[1])


@compiled_only
def test_two_processes_may_compile_at_once(tmp_path: Path) -> None:
    """Both write what they compiled, whole: whoever is last, the file is one that loads."""
    env = {**os.environ, "ANNOTATOR_CACHE_DIR": str(tmp_path)}
    both = [subprocess.Popen([sys.executable, "-c", LOAD], env=env) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    kept = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert all(name.endswith(".kernel") for name in kept)
