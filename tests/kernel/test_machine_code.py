"""Files of machine code: whole, or compiled anew."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.kernel import machine_code
from annotator.kernel.cache import INTERPRETED
from annotator.kernel.jit import Kernel
from annotator.kernel.machine_code import MachineCode

pytestmark = pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")

KINDS = ("int",)


def half(number: int) -> int:
    return number // 2


@pytest.fixture
def made(tmp_path: Path) -> Kernel:
    """A kernel that is kept in a folder of the test's own."""
    fresh = Kernel(half)
    fresh.__dict__["folder"] = tmp_path
    return fresh


def again(made: Kernel) -> Kernel:
    """Give the kernel as the next process has it."""
    fresh = Kernel(half)
    fresh.__dict__["folder"] = made.folder
    return fresh


def test_what_is_kept_is_what_is_found(tmp_path: Path) -> None:
    code = MachineCode("iab", "iu", True, b"\x7fELF\n\0" * 100)
    assert machine_code.find(tmp_path, "name", KINDS) is None
    assert not machine_code.is_kept(tmp_path, "name")
    machine_code.keep(tmp_path, "name", KINDS, code)
    assert machine_code.find(tmp_path, "name", KINDS) == code
    assert machine_code.find(tmp_path, "name", ("bool",)) is None
    assert machine_code.find(tmp_path, "other", KINDS) is None
    assert machine_code.is_kept(tmp_path, "name")


def test_a_kernel_is_compiled_once(made: Kernel) -> None:
    assert (made(9), made.compiled, made.is_kept()) == (4, 1, True)
    later = again(made)
    assert (later(9), later.compiled) == (4, 0)


def _cut(data: bytes) -> bytes:
    return data[:-1]


def _flipped(data: bytes) -> bytes:
    return data[:-300] + bytes([data[-300] ^ 1]) + data[-299:]


@pytest.mark.parametrize("damage", [_cut, _flipped, lambda _: b"", lambda _: b"null\n", lambda _: b"[1]\nrest"])
def test_a_damaged_file_is_compiled_anew(made: Kernel, tmp_path: Path, damage: Any) -> None:
    """Whatever a full disk, or a crash, left of it, it is not run."""
    made(9)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    later = again(made)
    assert (later(9), later.compiled) == (4, 1)
    assert again(made)(9) == 4


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    machine_code.keep(gone, "name", KINDS, MachineCode("i", "i", False, b"code"))
    machine_code.keep(None, "name", KINDS, MachineCode("i", "i", False, b"code"))
    assert machine_code.find(gone, "name", KINDS) is None
    assert machine_code.find(None, "name", KINDS) is None


def test_nothing_is_left_of_a_write_that_fails(tmp_path: Path) -> None:
    """The name is taken by a folder: the file cannot take its place, and goes."""
    machine_code._path(tmp_path, "name", KINDS).mkdir()
    machine_code.keep(tmp_path, "name", KINDS, MachineCode("i", "i", False, b"code"))
    assert [path.is_dir() for path in tmp_path.iterdir()] == [True]


def test_arrays_stand_where_the_machine_code_reads_them() -> None:
    """NumPy's structure: data, dimensions and strides behind the object's head."""
    import ctypes

    from annotator.kernel.compiler import ARRAY_FIELDS, DATA, DIMENSIONS, STRIDES

    array = np.zeros((3, 5), np.int16)[:, 1:]
    words = (ctypes.c_size_t * 4).from_address(id(array) + ARRAY_FIELDS)
    assert words[DATA] == array.ctypes.data
    assert (ctypes.c_size_t * 2).from_address(words[DIMENSIONS])[:] == [3, 4]
    assert (ctypes.c_size_t * 2).from_address(words[STRIDES])[:] == [10, 2]
