"""From what the user typed to readers: find the files, recognise each by content, put them in order of time."""

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

from annotator.capture.container import container_of, expand
from annotator.capture.foreign import convert, convert_stream, format_of
from annotator.capture.layout import MAGICS
from annotator.capture.pcap import PcapReader
from annotator.capture.pcapng import MAGIC, PcapngReader
from annotator.capture.reader import Reader, StreamReader
from annotator.capture.window import Window
from annotator.errors import InputError
from annotator.model import NO_TIME

STDIN: Final = "-"
HEAD_BYTES: Final = 64
BY_EDITCAP: Final = ("", "gzip")
"""Compression that every ``editcap`` expands by itself."""
PEEK_BYTES: Final = 1 << 16
"""Enough of a capture to know when its first packet was seen."""


def _open(name: str) -> BinaryIO:
    if name == STDIN:
        return sys.stdin.buffer
    try:
        return Path(name).open("rb", buffering=0)
    except FileNotFoundError:
        raise InputError(f"{name}: no such file; check the path") from None
    except IsADirectoryError:
        raise InputError(f"{name}: is a directory") from None
    except PermissionError:
        raise InputError(f"{name}: permission denied; it needs read permission for this user") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: cannot be opened: {getattr(error, 'strerror', None) or error}") from None


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
    if _is_text(head):
        return "is text, not a capture; annotate reads pcap, pcapng, and what editcap converts"
    return "is not a capture that annotate or editcap knows; is it the right file?"


def _is_text(head: bytes) -> bool:
    return all(byte in b"\t\n\r\f\x1b" or byte >= 0x20 for byte in head)


class _Opened:
    """A stream that stands at the start of a pcap or pcapng, and how to say so."""

    def __init__(self, stream: BinaryIO, head: bytes, container: str, foreign: str) -> None:
        self.stream, self.head, self.container, self.foreign = stream, head, container, foreign

    @property
    def reader(self) -> type[StreamReader] | None:
        """The class that reads it."""
        return PcapReader if self.head[:4] in MAGICS else PcapngReader if self.head[:4] == MAGIC else None


def _recognise(name: str) -> _Opened:
    """Open `name`, and look through compression and foreign formats to a capture.

    Raises :class:`~annotator.errors.InputError` where there is none.
    """
    stream = _open(name)
    container = foreign = ""
    try:
        head = _head(stream, name)
        container = container_of(head)
        if container:
            try:
                stream = expand(head, stream)
            except InputError as error:
                raise InputError(f"{name}: {error}") from None
            head = _head(stream, name)
        opened = _Opened(stream, head, container, "")
        if opened.reader is None and head and not _is_text(head):
            foreign = format_of(head) or "in no format that annotate reads itself"
            itself = container in BY_EDITCAP and name != STDIN and stat.S_ISREG(Path(name).stat().st_mode)
            try:
                if itself:
                    stream.close()
                    stream = convert(name, foreign)
                else:
                    stream = convert_stream(head, stream, foreign)
            except InputError as error:
                raise InputError(f"{name}: {error}") from None
            head = _head(stream, name)
            opened = _Opened(stream, head, "" if itself else container, foreign)
            if opened.reader is None:
                hope = (
                    "is it the right file?" if itself else "expand it to a file, in case editcap needs to go to and fro"
                )
                raise InputError(f"{name}: is not a capture that annotate or editcap knows; {hope}")
        if opened.reader is None:
            raise InputError(f"{name}: {_refusal(head)}")
        return opened
    except BaseException:
        stream.close()
        raise


def open_capture(name: str, capture: int = 0, *, resync: bool = False) -> Reader:
    """Recognise the file `name` (or standard input, for ``-``) and give its reader.

    A regular file is closed again until its batches are asked for, so that any number may wait. `resync` passes over
    damage to the next plausible record. Raises :class:`~annotator.errors.InputError` where the file cannot be opened
    or its format is not known.
    """
    opened = _recognise(name)
    assert opened.reader is not None  # noqa: S101  # _recognise saw to it
    regular = name != STDIN and stat.S_ISREG(Path(name).stat().st_mode)
    size = Path(name).stat().st_size if regular else None
    if not regular:
        waiting = Window(opened.stream, opened.head)
        reader = opened.reader(lambda: waiting, name, capture, size)
    else:
        opened.stream.close()

        def reopen() -> Window:
            again = _recognise(name)
            return Window(again.stream, again.head)

        reader = opened.reader(reopen, name, capture, size)
    reader.resync = resync
    if opened.container:
        reader.container = opened.container
    if opened.foreign:
        reader.issue("converted", f"editcap converted it from its format ({opened.foreign})")
    return reader


def _files(paths: Sequence[str]) -> list[str]:
    """Replace each folder by the captures in it, in order of their names.

    Raises :class:`~annotator.errors.InputError` for a folder without any.
    """
    files: list[str] = []
    for name in paths:
        if name == STDIN or not Path(name).is_dir():
            files.append(name)
            continue
        entries = sorted(os.scandir(name), key=lambda entry: entry.name)
        found = [entry.path for entry in entries if entry.is_file() and _looks_like_capture(entry.path)]
        if not found:
            raise InputError(f"{name}: no captures in this folder; name the files, or another folder")
        files += found
    return files


def _looks_like_capture(path: str) -> bool:
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    return head[:4] in MAGICS or head[:4] == MAGIC or bool(container_of(head)) or bool(format_of(head))


def _first_time(name: str) -> int:
    """Give the time of the first packet in the file `name` that has one, NO_TIME where none is near the start."""
    opened = _recognise(name)
    assert opened.reader is not None  # noqa: S101  # _recognise saw to it
    reader = opened.reader(lambda: Window(opened.stream, opened.head, PEEK_BYTES), name, 0, None)
    try:
        for batch in reader.batches():
            timed = batch.ts_ns[batch.ts_ns != NO_TIME]
            return int(timed[0]) if len(timed) else NO_TIME
        return NO_TIME
    except InputError:  # said again, with more care, when the file is read
        return NO_TIME
    finally:
        reader.close()


def open_captures(paths: Sequence[str], *, resync: bool = False) -> list[Reader]:
    """Give a reader for each capture that `paths` names, folders included, in order of their first packets.

    Captures whose times are equal, and streams that can be read but once, keep the order in which they were named.
    Raises :class:`~annotator.errors.InputError` where one cannot be read at all.
    """
    files = _files(paths)
    if len(files) > 1 and all(name != STDIN and Path(name).is_file() for name in files):
        times = {name: _first_time(name) for name in files}
        files = sorted(files, key=lambda name: times[name])
    return [open_capture(name, number, resync=resync) for number, name in enumerate(files)]
