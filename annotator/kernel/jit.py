"""The one door to Numba: the decorator, and a cache that never goes stale.

Numba keys a cached kernel by its own source file only, so a changed callee in another file would go unnoticed.
The cache therefore lives in a per-user folder named by a hash of all kernel sources and library versions.
"""

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import llvmlite
import numba
import numpy as np
import platformdirs
from numba.core import config as numba_config

Function = TypeVar("Function", bound=Callable[..., Any])

config: Any = numba_config  # its settings are made at run time, out of a type checker's sight

PACKAGE = Path(__file__).resolve().parent.parent
KERNEL_ROOMS = ("kernel", "capture", "decode", "flow", "evidence")
STALE_DAYS = 60

INTERPRETED: bool = bool(config.DISABLE_JIT)
"""True under ``NUMBA_DISABLE_JIT=1``: every kernel is then a plain Python function."""


def _sources() -> list[Path]:
    files = [PACKAGE / "model.py"]
    for room in KERNEL_ROOMS:
        files += (PACKAGE / room).rglob("*.py")
    return sorted(files)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    digest.update(repr((sys.version, numba.__version__, llvmlite.__version__, np.__version__)).encode())
    for path in _sources():
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:20]


def _private(folder: Path) -> bool:
    """Make `folder` and say whether it is ours alone: what is cached there is code that will be run."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        info = folder.stat()
    except OSError:
        return False
    if hasattr(os, "getuid") and (info.st_uid != os.getuid() or info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)):
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _cache_folder() -> Path | None:
    if INTERPRETED:
        return None
    base = Path(os.environ.get("ANNOTATOR_CACHE_DIR") or platformdirs.user_cache_dir("annotator")) / "kernels"
    folder = base / _fingerprint()
    if not _private(folder):
        return None
    try:  # the last use decides what is stale, so leave a mark of it
        os.utime(folder)
        for other in base.iterdir():
            if time.time() - other.stat().st_mtime > STALE_DAYS * 86400:
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        pass  # housekeeping only: the kernels work without it
    return folder


CACHE_FOLDER: Path | None = _cache_folder()
"""Where compiled kernels are kept; None where no private folder can be had, or nothing is compiled."""


def prepared() -> bool:
    """Say whether the main kernels are compiled already, so that a run starts at once."""
    return INTERPRETED or (CACHE_FOLDER is not None and (CACHE_FOLDER / "prepared").exists())


def mark_prepared() -> None:
    """Note that the main kernels are in the cache."""
    if CACHE_FOLDER is not None:
        with contextlib.suppress(OSError):  # a full disk costs the next run its head start, no more
            (CACHE_FOLDER / "prepared").touch()


def kernel(function: Function) -> Function:
    """Compile `function` with Numba when it is first called: no Python objects inside, the GIL released.

    Integer division by zero gives 0 (NumPy's model), so that no kernel holds hidden branches; bounds are the
    business of :mod:`annotator.kernel.load`.
    """
    cached = CACHE_FOLDER is not None
    before = config.CACHE_DIR
    if cached:
        config.CACHE_DIR = str(CACHE_FOLDER)  # read by Numba while it decorates, so the user's own setting is kept
    try:
        compiled: Any = numba.njit(cache=cached, nogil=True, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = before
    return compiled  # type: ignore[no-any-return]  # called as the function that it replaces


def generated(function: Function, source: str, name: str, **names: Any) -> Any:
    """Compile `source`, which defines the kernel `name` around `function`, in the file of `function`.

    A loop that calls a function given at run time cannot be cached by Numba; a loop whose text calls it by its name
    can. `names` are the globals that the text uses besides ``function``, the compiled `function`.
    """
    scope = {"__name__": function.__module__, "function": kernel(function), **names}
    exec(compile(source, function.__code__.co_filename, "exec"), scope)  # noqa: S102  # the text is this package's own
    return kernel(scope[name])
