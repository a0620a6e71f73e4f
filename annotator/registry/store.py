"""The registries that the user has installed, and which of them is in use.

A folder holds one compiled snapshot a version (``<sha256 of IANA's file>.snapshot``) and ``state.json``, which names
the one in use, those before it, and what a server said when a file was fetched. Every file appears whole or not at
all, and the state is written last: a power cut at any moment leaves the registry that was in use before.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from annotator.errors import RegistryError, UsageError
from annotator.registry.info import RegistryInfo
from annotator.registry.snapshot import read_manifest

EMBEDDED_NAME: Final = "embedded"
"""What the snapshot of the package is called among the installed ones."""

_SUFFIX: Final = ".snapshot"
_HALF: Final = ".part"
_HISTORY: Final = 20
"""Steps that ``rollback`` can take."""
_SHORTEST_SHA256: Final = 6


@dataclass(frozen=True, slots=True)
class Fetch:
    """What a server said of a file when it was fetched: sent back, so that it can answer "not modified"."""

    sha256: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Which registry is in use."""

    chosen: str = EMBEDDED_NAME
    """The sha256 of an installed registry's source, or ``embedded``."""
    before: tuple[str, ...] = ()
    """What was in use before, the latest last."""
    fetches: dict[str, Fetch] = field(default_factory=dict)
    """By URL."""


class Store:
    """The user's registries; nothing is made on disk before something is installed or chosen."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use ``folder``, or annotator's folder among the user's data (``$XDG_DATA_HOME``)."""
        self._folder = folder

    @cached_property
    def folder(self) -> Path:
        """Where the registries are."""
        if self._folder is not None:
            return self._folder
        from platformdirs import user_data_path

        return user_data_path("annotator", appauthor=False) / "registry"

    @property
    def _state_path(self) -> Path:
        return self.folder / "state.json"

    def state(self) -> State:
        """Read which registry is in use; the embedded one where nothing was ever chosen.

        Raises:
            RegistryError: the state file is damaged.
        """
        try:
            text = self._state_path.read_text("utf-8")
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return State()
        except (OSError, UnicodeDecodeError) as error:
            raise self._damaged(str(error)) from None
        try:
            raw: dict[str, Any] = json.loads(text)
            fetches = {str(url): Fetch(**fetch) for url, fetch in raw["fetches"].items()}
            return State(str(raw["chosen"]), tuple(map(str, raw["before"])), fetches)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._damaged(f"{type(error).__name__}: {error}") from None

    def _damaged(self, why: str) -> RegistryError:
        return RegistryError(
            f"{self._state_path}: damaged ({why}); `annotate registry use {EMBEDDED_NAME}` writes it anew"
        )

    def path(self, sha256: str) -> Path:
        """Return where an installed registry is, or would be."""
        return self.folder / f"{sha256}{_SUFFIX}"

    def has(self, sha256: str) -> bool:
        """Tell whether a registry is installed."""
        return self.path(sha256).is_file()

    def chosen(self) -> str | None:
        """Return the sha256 of the registry in use, None for the embedded one."""
        sha256 = self.state().chosen
        return None if sha256 == EMBEDDED_NAME else sha256

    def read(self, sha256: str) -> bytes:
        """Return an installed snapshot.

        Raises:
            RegistryError: it is gone.
        """
        try:
            return self.path(sha256).read_bytes()
        except OSError as error:
            raise RegistryError(
                f"{self.path(sha256)}: the registry in use cannot be read ({error.strerror}); "
                f"choose another: annotate registry use {EMBEDDED_NAME}"
            ) from None

    def installed(self) -> list[RegistryInfo]:
        """Return what is installed, by date; a damaged file is passed over."""
        found = []
        with contextlib.suppress(OSError):
            for path in sorted(self.folder.glob(f"*{_SUFFIX}")):
                with contextlib.suppress(RegistryError, OSError):
                    found.append(read_manifest(path.read_bytes(), str(path)))
        return sorted(found, key=lambda info: (info.updated, info.sha256))

    def find(self, name: str) -> str:
        """Return the sha256 of the installed registry of that name: a date, the head of a sha256, ``embedded``.

        Raises:
            UsageError: none, or more than one, is called so.
        """
        if name == EMBEDDED_NAME:
            return EMBEDDED_NAME
        installed = self.installed()
        matches = [
            info.sha256
            for info in installed
            if info.updated == name or (len(name) >= _SHORTEST_SHA256 and info.sha256.startswith(name.lower()))
        ]
        if len(matches) == 1:
            return matches[0]
        names = ", ".join(f"{info.updated} {info.sha256[:12]}" for info in installed) or "none is installed"
        problem = "more than one installed registry is" if matches else "no installed registry is"
        raise UsageError(f"{problem} called {name!r} (installed: {names}; and {EMBEDDED_NAME})")

    def install(self, snapshot: bytes, sha256: str) -> None:
        """Put a compiled registry into the folder, without choosing it.

        Raises:
            RegistryError: the folder cannot be written.
        """
        with self._writing():
            self._write(self.path(sha256), snapshot)

    def choose(self, sha256: str, fetched: Mapping[str, Fetch] = MappingProxyType({})) -> None:
        """Use an installed registry from now on (or ``embedded``), and remember what a server said, by URL.

        Raises:
            RegistryError: the folder cannot be written.
        """
        with self._writing():
            state = self._state_or_new()
            before = state.before
            if state.chosen != sha256:
                before = (*state.before, state.chosen)[-_HISTORY:]
            self._write_state(State(sha256, before, {**state.fetches, **fetched}))

    def rollback(self) -> str:
        """Use what was in use before, and return its sha256 (or ``embedded``).

        Raises:
            UsageError: nothing was in use before.
            RegistryError: what was in use before is gone, or the folder cannot be written.
        """
        with self._writing():
            state = self.state()
            if not state.before:
                raise UsageError("no registry was in use before this one; see annotate registry info")
            *before, earlier = state.before
            if earlier != EMBEDDED_NAME and not self.has(earlier):
                raise RegistryError(
                    f"{self.path(earlier)}: the earlier registry is gone; choose another with annotate registry use"
                )
            self._write_state(State(earlier, tuple(before), state.fetches))
        return earlier

    def _state_or_new(self) -> State:
        try:
            return self.state()
        except RegistryError:
            return State()  # a damaged one is replaced by what the user asks for now

    def _write_state(self, state: State) -> None:
        self._write(self._state_path, json.dumps(asdict(state), indent=1, sort_keys=True).encode())

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the folder's lock: of two updates at once, one waits for the other's files to be whole."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / ".lock").open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for half in self.folder.glob(f".*{_HALF}"):
                    half.unlink(missing_ok=True)  # left by a power cut: nobody else writes while we hold the lock
                yield
        except OSError as error:
            raise RegistryError(
                f"{error.filename or self.folder}: cannot be written ({error.strerror}); "
                "the registry in use stays as it was: make the folder writable, or set XDG_DATA_HOME"
            ) from None

    def _write(self, path: Path, data: bytes) -> None:
        temporary = path.with_name(f".{path.name}.{os.urandom(6).hex()}{_HALF}")
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # the new name itself must survive a power cut
        finally:
            os.close(folder)
