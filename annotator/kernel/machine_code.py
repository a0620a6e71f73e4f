"""The machine code of kernels: kept in files, and loaded by LLVM alone.

A file is one line of JSON, what is needed to call the code, and behind it an object file as LLVM wrote it. Arrays are
handed over as they are: the code reads address, shape and strides out of NumPy's own structure
(:mod:`annotator.kernel.compiler` writes that part of it), and Python packs no arguments one by one.
"""

import ctypes
import hashlib
import json
import os
import pickle
import platform
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final, NamedTuple, TypeAlias

import llvmlite.binding as llvm

ENTRY: Final = "annotator_entry"
"""The symbol of the function that is called."""
SUFFIX: Final = ".kernel"
RETURNED, NOTHING_RETURNED = 0, -2
"""What the function gives where all went well (Numba's RETCODE_OK and RETCODE_NONE)."""
MOST_RETURNED: Final = 8
"""Integers that a kernel can return; an error takes two, where its description is and how long."""

ARRAY, SIGNED, UNSIGNED, TRUTH = "a", "i", "u", "b"

Entry: TypeAlias = Callable[..., Any]


class MachineCode(NamedTuple):
    """A kernel for arguments of some types."""

    takes: str
    """A letter for each array or number that it takes, tuples unfolded."""
    gives: str
    """A letter for each number that it returns; none where it returns nothing."""
    gives_tuple: bool
    object_file: bytes


def _path(folder: Path, name: str, kinds: Any) -> Path:
    return folder / f"{name}-{hashlib.sha256(repr(kinds).encode()).hexdigest()[:16]}{SUFFIX}"


def is_kept(folder: Path, name: str) -> bool:
    """Say whether a kernel is kept in `folder`, for whatever types."""
    return next(folder.glob(f"{name}-*{SUFFIX}"), None) is not None


def keep(folder: Path | None, name: str, kinds: Any, code: MachineCode) -> None:
    """Write machine code into `folder`, whole or not at all; where that cannot be, the next run compiles anew."""
    if folder is None:
        return
    about = [code.takes, code.gives, code.gives_tuple, len(code.object_file), zlib.crc32(code.object_file)]
    path = _path(folder, name, kinds)
    with suppress(OSError), NamedTemporaryFile(dir=folder, prefix=path.stem, delete=False) as file:
        try:
            file.write(json.dumps(about).encode() + b"\n" + code.object_file)
            file.close()
            os.replace(file.name, path)  # noqa: PTH105  # of a name that is no Path
        except OSError:
            os.unlink(file.name)  # noqa: PTH108  # as above
            raise


def find(folder: Path | None, name: str, kinds: Any) -> MachineCode | None:
    """Read the machine code for arguments of some kinds; None where there is none that is whole."""
    if folder is None:
        return None
    try:
        line, _, object_file = _path(folder, name, kinds).read_bytes().partition(b"\n")
        takes, gives, gives_tuple, length, checksum = json.loads(line)
    except (OSError, ValueError, TypeError):
        return None
    if (len(object_file), zlib.crc32(object_file)) != (length, checksum):
        return None
    return MachineCode(takes, gives, gives_tuple, object_file)


@cache
def _target() -> Any:
    """Make ready to link for this machine."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_triple(llvm.get_process_triple())


_engines: list[Any] = []
"""What owns the memory of loaded code, which stays for as long as the process does."""


def load(code: MachineCode) -> Entry:
    """Link machine code into this process; gives a function of the arrays and numbers that it takes.

    It raises what the kernel raises.
    """
    machine = _target().create_target_machine(jit=True)
    # llvmlite's own memory manager where sections far apart cannot reach each other, as Numba does it
    apart = platform.machine() in ("aarch64", "arm64")
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine, use_lmm=apart or None)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code.object_file))
    engine.finalize_object()
    _engines.append(engine)
    takes: dict[str, Any] = {
        ARRAY: ctypes.py_object,
        SIGNED: ctypes.c_int64,
        UNSIGNED: ctypes.c_uint64,
        TRUTH: ctypes.c_int64,
    }
    prototype = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, *(takes[letter] for letter in code.takes))
    function: Any = prototype(engine.get_function_address(ENTRY))
    room = ctypes.c_int64 * MOST_RETURNED
    address_of = ctypes.addressof

    def entry(*arguments: Any) -> Any:
        returned = room()
        status = function(address_of(returned), *arguments)
        if status == NOTHING_RETURNED:
            return None
        if status != RETURNED:
            raise _error(returned)
        return give(returned)

    give = _giver(code.gives, code.gives_tuple)
    return entry


def _giver(gives: str, gives_tuple: bool) -> Callable[[Any], Any]:
    """Make the function that reads what a kernel returned."""
    if not gives and not gives_tuple:
        return lambda returned: None  # noqa: ARG005  # there is nothing to read
    if gives == SIGNED and not gives_tuple:
        return lambda returned: returned[0]
    if set(gives) == {SIGNED}:
        number = len(gives)
        return lambda returned: tuple(returned[:number])
    numbers: dict[str, Callable[[int], int]] = {
        SIGNED: int,
        UNSIGNED: lambda value: value & 0xFFFF_FFFF_FFFF_FFFF,
        TRUTH: bool,
    }
    if gives_tuple:
        return lambda returned: tuple(numbers[letter](value) for letter, value in zip(gives, returned, strict=False))
    return lambda returned: numbers[gives](returned[0])


def _error(returned: Any) -> BaseException:
    """Make the exception that a kernel ended with: Numba describes it by a pickled (class, arguments, place)."""
    address, length = returned[:2]
    if not address:
        return SystemError("a kernel ended with an error that it did not describe")
    kind, arguments, _ = pickle.loads(ctypes.string_at(address, length))  # noqa: S301  # the compiler's own
    error: BaseException = kind(*(arguments or ()))
    return error
