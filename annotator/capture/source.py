"""From what the user typed to a reader: find the bytes, recognise the format by content."""

import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Final

from annotator.capture.pcap import MAGICS, PcapReader
from annotator.capture.pcapng import MAGIC, PcapngReader
from annotator.capture.reader import Reader
from annotator.capture.window import Window
from annotator.errors import InputError

STDIN: Final = "-"
HEAD_BYTES: Final = 64

OTHERS: Final = (  # (magic, what it is, what to do)
    (b"\x1f\x8b", "gzip-compressed", "gunzip it first"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", "unzstd it first"),
    (b"\x04\x22\x4d\x18", "lz4-compressed", "unlz4 it first"),
    (b"\xfd7zXZ\x00", "xz-compressed", "unxz it first"),
    (b"BZh", "bzip2-compressed", "bunzip2 it first"),
    (b"snoop\x00\x00\x00", "a snoop capture", "convert it: editcap -F pcapng IN OUT.pcapng"),
)


def _open(name: str) -> BinaryIO:
    if name == STDIN:
        return sys.stdin.buffer
    path = Path(name)
    try:
        if path.is_dir():
            raise InputError(f"{name}: is a directory; name the capture files in it")
        return path.open("rb", buffering=0)
    except FileNotFoundError:
        raise InputError(f"{name}: no such file; check the path") from None
    except PermissionError:
        raise InputError(f"{name}: permission denied; it needs read permission for this user") from None
    except OSError as error:
        raise InputError(f"{name}: cannot be opened: {error.strerror or error}") from None


def _size(stream: BinaryIO) -> int | None:
    """Give the size of a regular file, None for what is none."""
    info = os.fstat(stream.fileno())
    return info.st_size if stat.S_ISREG(info.st_mode) else None


def _head(stream: BinaryIO, name: str) -> bytes:
    head = b""
    try:
        while len(head) < HEAD_BYTES:
            piece = stream.read(HEAD_BYTES - len(head))
            if not piece:
                break
            head += piece
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror or error}") from None
    return head


def _refusal(head: bytes) -> str:
    """Say why `head` is not the start of a capture, and what to do."""
    if not head:
        return "is empty; nothing was captured into it"
    for magic, what, remedy in OTHERS:
        if head.startswith(magic):
            return f"is {what}; {remedy}"
    if all(byte in b"\t\n\r\f\x1b" or byte >= 0x20 for byte in head):
        return "is text, not a capture; annotate reads pcap and pcapng"
    return "is not a capture that annotate knows (pcap, pcapng)"


def open_capture(name: str, capture: int = 0) -> Reader:
    """Open the file `name` (or standard input, for ``-``) and give its reader.

    Raises :class:`~annotator.errors.InputError` where it cannot be opened or its format is not known.
    """
    stream = _open(name)
    try:
        head = _head(stream, name)
        if head[:4] in MAGICS:
            return PcapReader(Window(stream, head), name, capture, _size(stream))
        if head[:4] == MAGIC:
            return PcapngReader(Window(stream, head), name, capture, _size(stream))
        raise InputError(f"{name}: {_refusal(head)}")
    except BaseException:
        stream.close()
        raise
