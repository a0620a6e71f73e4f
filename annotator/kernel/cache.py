"""Where compiled kernels are kept: a cache that never goes stale.

A kernel's machine code is good for one state of its sources, of the compiler and of the processor. The cache therefore
lives in per-user folders named by hashes of library versions and of all sources that a file's kernels may be made of:
its own, and those of what it imports.
"""

import contextlib
import hashlib
import os
import re
import shutil
import stat
import sys
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import llvmlite
import llvmlite.binding as llvm
import numpy as np
import platformdirs

PACKAGE = Path(__file__).resolve().parent.parent
STALE_DAYS = 60

INTERPRETED: Final = os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")
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


@cache
def _compiler() -> tuple[str, ...]:
    """Tell the compiler's versions, without importing it, and what it compiles for."""
    numba = find_spec("numba")
    folders = (numba and numba.submodule_search_locations) or []
    versions = [_read(os.path.join(folder, "_version.py")).decode() for folder in folders]  # noqa: PTH118  # as above
    settings = [os.environ.get(name, "") for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_OPT")]
    features = llvm.get_host_cpu_features().flatten()
    return (*versions, llvmlite.__version__, llvm.get_host_cpu_name(), features, *settings)


def _fingerprint(files: list[str]) -> str:
    digest = hashlib.sha256()
    digest.update(repr((sys.version, np.__version__, *_compiler())).encode())
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
            if time.time() - other.stat().st_mtime <= STALE_DAYS * 86400:
                continue
            if other.is_dir():
                shutil.rmtree(other, ignore_errors=True)
            else:
                other.unlink()
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
