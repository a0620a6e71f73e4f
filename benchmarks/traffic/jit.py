"""Compiling the generator: one kernel is kept on disk, all others are compiled into it.

The folder's name is a hash of these sources, since Numba would not notice a change in a function that is called.
"""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
import platformdirs
from numba import types
from numba.core import config

Function = TypeVar("Function", bound=Callable[..., Any])


def _folder() -> str:
    digest = hashlib.sha256(repr((sys.version, numba.__version__, np.__version__)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return str(platformdirs.user_cache_path("annotator-benchmarks") / digest.hexdigest()[:20])


def part(function: Function) -> Function:
    """Compile a function that only kernels call, once for all constants that it is called with.

    Numba would otherwise compile it anew for each literal number among its arguments.
    """
    compiled: Any = numba.njit(error_model="numpy")(function)
    template = compiled.get_call_template
    compiled.get_call_template = lambda args, kws: template(tuple(map(types.unliteral, args)), kws)
    return compiled  # type: ignore[no-any-return]  # Numba ships no types


def whole(function: Function) -> Function:
    """Compile a kernel that Python calls, and keep it."""
    settings: Any = config
    before = settings.CACHE_DIR
    try:
        settings.CACHE_DIR = _folder()  # read by Numba while it decorates
        compiled: Any = numba.njit(error_model="numpy", cache=True, nogil=True)(function)
    finally:
        settings.CACHE_DIR = before
    return compiled  # type: ignore[no-any-return]  # Numba ships no types
