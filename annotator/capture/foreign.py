"""Captures in formats that only Wireshark reads: its ``editcap`` converts them, as a stream, where it is installed."""

import contextlib
import shutil
import subprocess
import threading
from typing import BinaryIO, Final

from annotator.capture.container import Joined
from annotator.errors import InputError

PIECE_BYTES: Final = 1 << 16

KNOWN: Final = {
    b"snoop\x00\x00\x00": "snoop",
    b"GMBU": "Network Monitor 2",
    b"RTSS": "Network Monitor 1",
    b"XCP\x00": "NetXRay",
    b"TRSNIFF data": "Sniffer",
    b"nsC": "i4b",
}
"""First bytes of some of them; others have no magic."""


def format_of(head: bytes) -> str:
    """Name the foreign format that `head` begins, or give ""."""
    return next((name for magic, name in KNOWN.items() if head.startswith(magic)), "")


class Converted:
    """A running ``editcap`` whose output is a pcapng stream; closing it ends the process and reaps it."""

    def __init__(self, editcap: str, path: str, feed: BinaryIO | None = None) -> None:
        """Start the conversion of the file at `path`; or, where it is ``-``, of what `feed` gives."""
        self._process = subprocess.Popen(  # noqa: S603  # an absolute program, and the path as one argument
            [editcap, "-F", "pcapng", "--", path, "-"]
            if path.startswith("-") and feed is None
            else [editcap, "-F", "pcapng", path, "-"],
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._feed = feed
        self._fault: OSError | None = None
        self._pump: threading.Thread | None = None
        if feed is not None:
            self._pump = threading.Thread(target=self._fill, args=(feed,), daemon=True)
            self._pump.start()

    def _fill(self, feed: BinaryIO) -> None:
        """Pass on what `feed` gives, until it ends, fails, or nobody wants more."""
        into = self._process.stdin
        assert into is not None  # noqa: S101  # asked for above
        piece = bytearray(PIECE_BYTES)
        with contextlib.suppress(BrokenPipeError):
            while not self._fault:
                try:
                    count = feed.readinto(piece)  # type: ignore[attr-defined]  # every stream here has it
                except OSError as error:
                    self._fault = error
                    break
                if not count:
                    break
                into.write(memoryview(piece)[:count])
        with contextlib.suppress(BrokenPipeError):
            into.close()

    def read(self, count: int) -> bytes:
        """Give up to `count` bytes."""
        assert self._process.stdout is not None  # noqa: S101  # asked for above
        return self._process.stdout.read(count)

    def readinto(self, buffer: memoryview) -> int:
        """Fill `buffer` as far as one read goes; raises OSError behind the last bytes where the feed failed."""
        assert self._process.stdout is not None  # noqa: S101
        count: int = self._process.stdout.readinto(buffer)  # type: ignore[attr-defined]  # it is buffered
        if not count and self._fault:
            raise self._fault
        return count

    def close(self) -> None:
        """End the process, and wait for it."""
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()
        if self._feed is not None and self._pump is not None:
            if self._pump.is_alive():
                self._pump.join(1)  # a pipe that nobody writes to holds it for ever; it is a daemon
            if not self._pump.is_alive():
                self._feed.close()


def _editcap(what: str) -> str:
    editcap = shutil.which("editcap")
    if editcap is None:
        raise InputError(
            f"is {what}, which needs Wireshark's editcap: install the package wireshark-common, "
            "or convert it elsewhere with: editcap -F pcapng IN OUT.pcapng"
        )
    return editcap


def convert(path: str, what: str) -> BinaryIO:
    """Have the file at `path` converted to pcapng; `what` names its format for the message.

    Raises :class:`~annotator.errors.InputError` where ``editcap`` is not installed.
    """
    return Converted(_editcap(what), path)  # type: ignore[return-value]  # it reads and closes, which is all it is asked


def convert_stream(head: bytes, stream: BinaryIO, what: str) -> BinaryIO:
    """Have what `stream` gives, of which `head` was read already, converted to pcapng as it comes.

    For what ``editcap`` cannot open by itself: standard input, pipes, compression that it does not know. Raises
    :class:`~annotator.errors.InputError` where it is not installed.
    """
    return Converted(_editcap(what), "-", Joined(head, stream))  # type: ignore[return-value, arg-type]  # the same
