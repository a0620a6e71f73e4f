"""The one door to Numba: the decorator, and a cache that never goes stale.

Numba keys a cached kernel by its own source file only, so a changed callee in another file would go unnoticed.
The cache therefore lives in per-user folders named by hashes of library versions and of all sources that a file's
kernels may be made of: its own, and those of what it imports.
"""

import contextlib
import hashlib
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import llvmlite
import numba
import numpy as np
import platformdirs
from numba.core import config as numba_config
from numba.core import types as numba_types

Function = TypeVar("Function", bound=Callable[..., Any])

types: Any = numba_types  # untyped in Numba
config: Any = numba_config  # its settings are made at run time, out of a type checker's sight

PACKAGE = Path(__file__).resolve().parent.parent
STALE_DAYS = 60

INTERPRETED: bool = bool(config.DISABLE_JIT)
"""True under ``NUMBA_DISABLE_JIT=1``: every kernel is then a plain Python function."""


_IMPORT: Final = re.compile(r"^\s*from (annotator[\w.]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)


@cache
def _modules() -> dict[str, str]:
    """Give the files of this package by the names of their modules."""
    found = {}
    for folder, _, files in os.walk(PACKAGE):
        package = ".".join([PACKAGE.name, *Path(folder).relative_to(PACKAGE).parts])
        for file in files:
            if file.endswith(".py"):
                name = package if file == "__init__.py" else f"{package}.{file[:-3]}"
                found[name] = os.path.join(folder, file)  # noqa: PTH118  # hundreds of them at every start
    return found


@cache
def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123  # as above
        return file.read()


@cache
def _digest(path: str) -> bytes:
    """Hash the place of a file in the package, and what it holds."""
    place = path.removeprefix(str(PACKAGE)).replace(os.sep, "/")
    return hashlib.sha256(place.encode() + b"\0" + _read(path)).digest()


@cache
def _imported(path: str) -> frozenset[str]:
    """Give the files of this package that the file `path` imports, as its text says."""
    modules = _modules()
    found: set[str] = set()
    for module, names in _IMPORT.findall(_read(path).decode()):
        file = modules.get(module)
        if file is not None and not file.endswith("__init__.py"):
            found.add(file)
            continue
        for name in re.findall(r"\w+", names):  # a package: its modules, or what its __init__ holds
            inner = modules.get(f"{module}.{name}", file)
            if inner is not None:
                found.add(inner)
    return frozenset(found)


def _sources(*paths: Path) -> list[str]:
    """Give the files that the kernels in `paths` may be made of: themselves, and all that they import, and so on."""
    known: set[str] = set()
    todo = {str(path) for path in (*paths, Path(__file__).resolve())}
    while todo:
        file = todo.pop()
        known.add(file)
        todo |= _imported(file) - known
    return sorted(known)


def _fingerprint(files: list[str]) -> str:
    digest = hashlib.sha256()
    digest.update(repr((sys.version, numba.__version__, llvmlite.__version__, np.__version__)).encode())
    for path in files:
        digest.update(_digest(path))
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


def _base_folder() -> Path | None:
    """Find the folder of all caches, and clear out what was not used for long; None where nothing can be kept."""
    if INTERPRETED:
        return None
    base = Path(os.environ.get("ANNOTATOR_CACHE_DIR") or platformdirs.user_cache_dir("annotator")) / "kernels"
    if not _private(base):
        return None
    with contextlib.suppress(OSError):  # housekeeping only: the kernels work without it
        for other in base.iterdir():
            if time.time() - other.stat().st_mtime > STALE_DAYS * 86400:
                shutil.rmtree(other, ignore_errors=True)
    return base


BASE_FOLDER: Path | None = _base_folder()
"""Where compiled kernels are kept; None where no private folder can be had, or nothing is compiled."""


@cache
def cache_folder(*paths: Path) -> Path | None:
    """Give the cache folder of the kernels in the file, or the files, `paths`; None where nothing can be kept."""
    if BASE_FOLDER is None:
        return None
    folder = BASE_FOLDER / _fingerprint(_sources(*paths))
    if not _private(folder):
        return None
    with contextlib.suppress(OSError):
        os.utime(folder)  # the last use decides what is stale
    return folder


def _mark() -> Path | None:
    """Give the file that says that the main kernels, all but the probes, are in the cache."""
    if BASE_FOLDER is None:
        return None
    return BASE_FOLDER / f"prepared-{_fingerprint(_sources(PACKAGE / 'pipeline.py'))}"


def prepared() -> bool:
    """Say whether the main kernels are compiled already, so that a run starts at once."""
    mark = None if INTERPRETED else _mark()
    return INTERPRETED or (mark is not None and mark.exists())


def mark_prepared() -> None:
    """Note that the main kernels are in the cache."""
    mark = _mark()
    if mark is not None:
        with contextlib.suppress(OSError):  # a full disk costs the next run its head start, no more
            mark.touch()


def _forget_literals(compiled: Any) -> None:
    """See to it that a call with a constant does not compile the kernel anew, for that very constant.

    Numba types ``f(data, 4)`` by the literal 4, and would make a version of `f` for every one; LLVM, which inlines
    what is worth it, knows the constant all the same. Without this the probes take three times as long to compile.
    """
    resolve = compiled.get_call_template

    def get_call_template(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return resolve(tuple(map(types.unliteral, args)), {name: types.unliteral(kind) for name, kind in kws.items()})

    compiled.get_call_template = get_call_template


def source_of(function: Callable[..., Any]) -> Path:
    """Give the file that a function stands in."""
    return Path(function.__code__.co_filename).resolve()


def kernel(function: Function, *sources: Path) -> Function:
    """Compile `function` with Numba when it is first called: no Python objects inside, the GIL released.

    It is cached by the file that it stands in, and by `sources`, further files that it is made of.

    Integer division by zero gives 0 (NumPy's model), so that no kernel holds hidden branches; bounds are the
    business of :mod:`annotator.kernel.load`.
    """
    folder = cache_folder(source_of(function), *sources)
    cached = folder is not None
    before = config.CACHE_DIR
    if cached:
        config.CACHE_DIR = str(folder)  # read by Numba while it decorates, so the user's own setting is kept
    try:
        compiled: Any = numba.njit(cache=cached, nogil=True, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = before
    if not INTERPRETED:
        _forget_literals(compiled)
    return compiled  # type: ignore[no-any-return]  # called as the function that it replaces


def generated(source: str, name: str, *functions: Callable[..., Any], **names: Any) -> Any:
    """Compile `source`, which defines the kernel `name`, and calls plain `functions` as ``function0`` and so on.

    A loop that calls a function given at run time cannot be cached by Numba; a loop whose text calls it by its name
    can. Numba keeps it by the file of the first function and by its name, which therefore differs among those that
    begin with one function. `names` are the globals that the text uses besides.
    """
    first = functions[0]
    scope = {"__name__": first.__module__, **names}
    scope |= {f"function{n}": kernel(function) for n, function in enumerate(functions)}
    exec(compile(source, first.__code__.co_filename, "exec"), scope)  # noqa: S102  # the text is this package's own
    return kernel(scope[name], *map(source_of, functions[1:]))
