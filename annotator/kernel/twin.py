"""Plain Python twins of kernels, made at run time: for work that is too little to be worth compiling for.

A twin runs the same source; what it calls is replaced by twins too, and the loads by their plain versions.
"""

from collections.abc import Callable
from threading import RLock
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, Final

from annotator.kernel import load, plain
from annotator.kernel.cache import INTERPRETED

_PLAIN = {getattr(load, name): getattr(plain, name) for name in load.LOADS}
_made: dict[Any, Any] = {}
_MAKING: Final = RLock()
"""Held while a twin is made: it is known before all that it calls is, which may call it."""


def twin(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the plain Python twin of a kernel, or of a function that calls kernels."""
    if INTERPRETED:
        return function
    if function in _PLAIN:
        plainly: Callable[..., Any] = _PLAIN[function]
        return plainly
    with _MAKING:
        return _make(function)


def _make(function: Callable[..., Any]) -> Callable[..., Any]:
    if function not in _made:
        source: Any = getattr(function, "py_func", function)
        scope: dict[str, Any] = {}
        _made[function] = made = FunctionType(
            source.__code__, scope, source.__name__, source.__defaults__, source.__closure__
        )
        names = set(source.__code__.co_names)
        scope.update({"__builtins__": source.__globals__["__builtins__"]})
        scope.update({name: _twin_of(value) for name, value in source.__globals__.items() if name in names})
        return made
    known: Callable[..., Any] = _made[function]
    return known


def _twin_of(value: Any) -> Any:
    """Replace a kernel by its twin, and a module of this package by one whose kernels are replaced when asked for."""
    if isinstance(value, ModuleType) and value.__name__.startswith("annotator."):
        return _Twins(value)
    kernel = callable(value) and (value in _PLAIN or hasattr(value, "py_func"))
    return twin(value) if kernel else value


class _Twins(SimpleNamespace):
    """A module, seen through twins."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__(_module=module)

    def __getattr__(self, name: str) -> Any:
        value = _twin_of(getattr(self._module, name))
        setattr(self, name, value)
        return value
