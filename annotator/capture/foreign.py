"""Captures in formats that only Wireshark reads: its ``editcap`` converts them, as a stream, where it is installed."""

import shutil
import subprocess
from typing import BinaryIO, Final

from annotator.errors import InputError

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

    def __init__(self, path: str, editcap: str) -> None:
        """Start the conversion of the file at `path`."""
        self._process = subprocess.Popen(  # noqa: S603  # an absolute program, and the path as one argument
            [editcap, "-F", "pcapng", "--", path, "-"]
            if path.startswith("-")
            else [editcap, "-F", "pcapng", path, "-"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def read(self, count: int) -> bytes:
        """Give up to `count` bytes."""
        assert self._process.stdout is not None  # noqa: S101  # asked for above
        return self._process.stdout.read(count)

    def readinto(self, buffer: memoryview) -> int:
        """Fill `buffer` as far as one read goes."""
        assert self._process.stdout is not None  # noqa: S101
        return self._process.stdout.readinto(buffer)  # type: ignore[attr-defined,no-any-return]  # it is buffered

    def close(self) -> None:
        """End the process, and wait for it."""
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait()


def convert(path: str, what: str) -> BinaryIO:
    """Have the file at `path` converted to pcapng; `what` names its format for the message.

    Raises :class:`~annotator.errors.InputError` where ``editcap`` is not installed.
    """
    editcap = shutil.which("editcap")
    if editcap is None:
        raise InputError(
            f"is {what}, which needs Wireshark's editcap: install the package wireshark-common, "
            "or convert it elsewhere with: editcap -F pcapng IN OUT.pcapng"
        )
    return Converted(path, editcap)  # type: ignore[return-value]  # it reads and closes, which is all that is asked
