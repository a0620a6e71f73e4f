"""The one door to the compiler: the decorator that makes a function a kernel.

A kernel is compiled when it is first called with arguments of some types, and its machine code kept; a run that finds
it there loads it without Numba, whose import alone takes longer than all the rest of a small report.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from annotator.kernel import machine_code
from annotator.kernel.cache import INTERPRETED, cache_folder

if TYPE_CHECKING:
    from annotator.kernel.machine_code import Entry

Function = TypeVar("Function", bound=Callable[..., Any])

C_ORDER, F_ORDER, ALIGNED, WRITEABLE = 0x1, 0x2, 0x100, 0x400
"""Bits of ``ndarray.flags.num`` (NumPy's C API, NPY_ARRAY_*) on which compiled code depends."""

_KEPT: Final = C_ORDER | F_ORDER | ALIGNED | WRITEABLE
_FLAGS: Final = {
    flags: flags & ~F_ORDER if flags & C_ORDER else flags for flags in range(_KEPT + 1) if flags & ~_KEPT == 0
}
"""Those bits of an array, as a kernel is kept by them: one that is in both orders counts as in C's."""

LEAST, MOST = -(2**63), 2**63 - 1
"""Of int64, as which Python's integers are handed over."""
_LOADING: Final = Lock()


def take_apart(values: tuple[Any, ...], kinds: list[Any], flat: list[Any]) -> None:
    """Put what compiled code depends on in arguments into `kinds`, and their arrays and numbers into `flat`.

    Kinds are hashable, and their `repr` is the same in every process. Tuples are unfolded; None is a kind, and nothing
    to hand over. Raises TypeError for what no kernel takes: they take arrays, integers, truth values, None, and tuples
    of these; and OverflowError for an integer that is none of int64.
    """
    for value in values:
        kind = type(value)
        if kind is np.ndarray:
            kinds += value.dtype, value.ndim, _FLAGS[value.flags.num & _KEPT]
            flat.append(value)
        elif kind is int and LEAST <= value <= MOST:
            kinds.append("int")
            flat.append(value)
        elif isinstance(value, tuple):
            kinds += kind, len(value)
            take_apart(value, kinds, flat)
        elif value is None:
            kinds.append("none")
        elif isinstance(value, bool | np.bool_):
            kinds.append("bool")
            flat.append(bool(value))
        elif isinstance(value, np.integer):
            kinds.append(value.dtype.name)
            flat.append(int(value))
        elif isinstance(value, int) and LEAST <= value <= MOST:  # an enumeration's
            kinds.append("int")
            flat.append(value)
        elif isinstance(value, int):
            raise OverflowError(f"a kernel takes no integer of more than 64 bits with its sign: {value}")
        else:
            raise TypeError(f"a kernel takes no {kind.__name__}")


class Kernel:
    """A function that is compiled: called as the function that it was made from."""

    def __init__(self, function: Callable[..., Any], *sources: Path) -> None:
        """Compile nothing yet; `sources` are further files that the function is made of."""
        self.py_func = function
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self._sources = sources
        self._count = function.__code__.co_argcount
        self._defaults = function.__defaults__ or ()
        self._entries: dict[Any, Entry] = {}
        self.compiled = 0
        """Versions that this process had to compile."""

    def __call__(self, *arguments: Any) -> Any:
        """Run the machine code for arguments of these types; the GIL is released meanwhile."""
        missing = self._count - len(arguments)
        if missing:
            if not 0 < missing <= len(self._defaults):
                raise TypeError(f"{self.__name__} takes {self._count} arguments, not {len(arguments)}")
            arguments += self._defaults[-missing:]
        parts: list[Any] = []
        flat: list[Any] = []
        take_apart(arguments, parts, flat)
        kinds = tuple(parts)
        entry = self._entries.get(kinds) or self._ready(kinds, arguments)
        return entry(*flat)

    @property
    def versions(self) -> int:
        """How many versions of it are loaded, for as many combinations of types."""
        return len(self._entries)

    def is_kept(self) -> bool:
        """Say whether machine code of it, for any types, is in the cache."""
        return self.folder is not None and machine_code.is_kept(self.folder, self.__name__)

    def _ready(self, kinds: tuple[Any, ...], arguments: tuple[Any, ...]) -> "Entry":
        """Load the version for some types, or compile and keep it."""
        with _LOADING:
            if kinds not in self._entries:
                code = machine_code.find(self.folder, self.__name__, kinds)
                if code is None:
                    from annotator.kernel.compiler import compile_for

                    code = compile_for(self, arguments)
                    machine_code.keep(self.folder, self.__name__, kinds, code)
                    self.compiled += 1
                self._entries[kinds] = machine_code.load(code)
        return self._entries[kinds]

    @cached_property
    def folder(self) -> Path | None:
        """Where its machine code is kept; None where none is."""
        return cache_folder(source_of(self.py_func), *self._sources)

    @cached_property
    def dispatcher(self) -> Any:
        """What Numba knows it by."""
        from annotator.kernel.compiler import dispatcher

        return dispatcher(self.py_func)

    @property
    def _numba_type_(self) -> Any:
        """Its type, where another kernel calls it: Numba asks for this attribute."""
        return self.dispatcher._numba_type_


class Intrinsic:
    """A function of :mod:`annotator.kernel.intrinsics`, for kernels to call; Numba is imported when one is compiled."""

    def __init__(self, name: str) -> None:
        """Look nothing up yet."""
        self._name = name

    def __call__(self, *arguments: Any) -> Any:
        """Say that there is nothing here to call but for kernels."""
        raise TypeError(f"{self._name} of {arguments} is for compiled code")

    @property
    def _numba_type_(self) -> Any:
        """Its type, where a kernel calls it: Numba asks for this attribute."""
        from annotator.kernel import intrinsics

        return intrinsics.type_of(self._name)


def source_of(function: Callable[..., Any]) -> Path:
    """Give the file that a function stands in."""
    return Path(function.__code__.co_filename).resolve()


def kernel(function: Function, *sources: Path) -> Function:
    """Compile `function` when it is first called: no Python objects inside, the GIL released.

    It is kept by the file that it stands in, and by `sources`, further files that it is made of.

    Integer division by zero gives 0 (NumPy's model), so that no kernel holds hidden branches; bounds are the
    business of :mod:`annotator.kernel.load`.
    """
    return function if INTERPRETED else Kernel(function, *sources)  # type: ignore[return-value]  # called as it is


def generated(source: str, name: str, *functions: Callable[..., Any], **names: Any) -> Any:
    """Compile `source`, which defines the kernel `name`, and calls plain `functions` as ``function0`` and so on.

    A loop that calls a function given at run time cannot be kept; a loop whose text calls it by its name can. It is
    kept by the file of the first function and by its name, which therefore differs among those that begin with one
    function. `names` are the globals that the text uses besides.
    """
    first = functions[0]
    scope = {"__name__": first.__module__, **names}
    scope |= {f"function{n}": kernel(function) for n, function in enumerate(functions)}
    exec(compile(source, first.__code__.co_filename, "exec"), scope)  # noqa: S102  # the text is this package's own
    return kernel(scope[name], *map(source_of, functions[1:]))
