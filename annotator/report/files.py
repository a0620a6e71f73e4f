"""Output files: they appear whole or not at all, and replace nothing unless asked to."""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from annotator.errors import OutputError


class Target:
    """A file to be written. Making one checks what can be checked before any long work.

    What is no regular file (a pipe, ``/dev/null``) is written to directly.

    Raises:
        OutputError: the file exists and `force` is false, its folder is missing or not writable, or it is a folder.
    """

    def __init__(self, path: str | Path, force: bool = False) -> None:
        """Mean to write to `path`, replacing what is there if `force` says so."""
        self.shown = str(path)
        self._path = Path(os.path.realpath(path))  # through a link, so that the link stays
        self._force = force
        self._special = False
        self._check()

    def _check(self) -> None:
        try:
            mode = self._path.stat().st_mode
        except FileNotFoundError:
            mode = None
        except OSError as error:
            raise self._refused(error) from error
        if mode is not None and stat.S_ISDIR(mode):
            raise OutputError(f"{self.shown}: is a folder; name a file in it")
        self._special = mode is not None and not stat.S_ISREG(mode)
        if self._special:
            return
        if mode is not None and not self._force:
            raise self._exists()
        folder = self._path.parent
        if not folder.is_dir():
            raise OutputError(f"{self.shown}: there is no folder {folder.name!r} there; make it first")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OutputError(f"{self.shown}: no right to write into its folder; choose another place")

    def same_as(self, path: str | Path) -> bool:
        """Say whether `path` is the same file."""
        return not self._special and Path(os.path.realpath(path)) == self._path

    @contextlib.contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Give a file to write into; it takes its place when the block ends well, and leaves no trace otherwise.

        Raises:
            OutputError: a write failed, or somebody else made the file in the meantime.
        """
        try:
            if self._special:
                with self._path.open("wb") as file:
                    yield file
                return
            with self._beside() as (file, temporary):
                yield file
                file.flush()
                os.fsync(file.fileno())
                self._place(temporary)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._refused(error) from error

    @contextlib.contextmanager
    def _beside(self) -> Iterator[tuple[BinaryIO, Path]]:
        """Make a file beside the target; it is removed if it is still there at the end."""
        temporary = self._path.with_name(f".{self._path.name[:200]}.{secrets.token_hex(6)}.part")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file, temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _place(self, temporary: Path) -> None:
        if self._force:
            with contextlib.suppress(FileNotFoundError):
                temporary.chmod(stat.S_IMODE(self._path.stat().st_mode))  # the file that it replaces keeps its rights
            temporary.replace(self._path)
            return
        try:
            os.link(temporary, self._path)  # unlike a rename, fails where somebody was faster
        except FileExistsError:
            raise self._exists() from None
        except OSError:  # a file system without hard links
            if self._path.exists():
                raise self._exists() from None
            temporary.replace(self._path)

    def _exists(self) -> OutputError:
        return OutputError(f"{self.shown}: exists already; give --force to replace it, or another name")

    def _refused(self, error: OSError) -> OutputError:
        return OutputError(f"{self.shown}: cannot be written: {error.strerror or error}; nothing was left there")
