"""What all sources have in common: a name, a count of frames, issues, and how reading ended."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from annotator.capture.batch import Columns
from annotator.capture.resync import FOUND
from annotator.capture.window import Window
from annotator.errors import InputError
from annotator.model import PacketBatch

SHOWN_GAPS: Final = 5
"""Gaps that a note names, when damage was passed over."""


@dataclass(slots=True)
class ReadIssue:
    """Something odd about the capture itself, met while it was read."""

    name: str
    detail: str
    count: int
    first_frame: int


class Reader:
    """Gives one capture as batches: a file, a stream, or an interface.

    After the last batch ``complete`` says whether the capture was read to its end; where it was not, ``note`` says
    why in one line. The good prefix has been yielded by then.
    """

    format = ""
    """What kind of capture it is, for the report."""
    lasts = False
    """Whether a batch's bytes outlast the making of the next batches, see :data:`annotator.model.BATCHES_AT_HAND`."""

    def __init__(self, name: str, capture: int) -> None:
        """`name` is as the user typed it, `capture` the index that batches carry."""
        self.name = name
        self.capture = capture
        self.frames = 0
        self.complete = True
        self.ended = False
        """Whether all that it has was taken; somebody may have stopped before."""
        self.note = ""
        self.drops: int | None = None
        self.issues: dict[str, ReadIssue] = {}

    def batches(self) -> Iterator[PacketBatch]:
        """Yield the packets, batch by batch; each batch is valid until the next is asked for.

        Where the reader :attr:`lasts`, its ``data`` is valid until BATCHES_AT_HAND further ones are asked for.
        """
        raise NotImplementedError

    def give_up(self) -> None:
        """End with what has come so far, instead of waiting for more; any thread may say so."""

    def close(self) -> None:
        """Let go of what the source holds."""

    @property
    def bytes_done(self) -> int:
        """Bytes of the source read so far, for progress."""
        return 0

    @property
    def bytes_total(self) -> int | None:
        """Bytes of the whole source, None where nobody can know."""
        return None

    def issue(self, name: str, detail: str, count: int = 1) -> None:
        """Count an oddity of the capture; the first frame concerned is the next one."""
        known = self.issues.setdefault(name, ReadIssue(name, detail, 0, self.frames + 1))
        known.count += count


class StreamReader(Reader):
    """A reader of a byte stream in a capture file format."""

    window: Window
    lasts = True

    def __init__(
        self, open_window: Callable[[], Window], name: str, capture: int, bytes_total: int | None = None
    ) -> None:
        """`open_window` opens the stream when batches are first asked for; it is closed with the reader."""
        super().__init__(name, capture)
        self.container = ""
        """Compression that the stream is in, "" for none."""
        self.resync = False
        """Whether to pass over damage to the next plausible record."""
        self._gaps = self._gap_bytes = 0
        self._gap_list: list[str] = []
        self._open_window = open_window
        self._opened = False
        self._bytes_total = bytes_total

    def batches(self) -> Iterator[PacketBatch]:
        """Yield batches until the stream ends, or what it holds makes no sense.

        Raises :class:`~annotator.errors.InputError` where its header is damaged or the file is gone.
        """
        self.window = self._open_window()
        self._opened = True
        self.format = self.with_container(self.format)
        try:
            yield from self.index()
            self.close_gaps()
        finally:
            self.close()

    def with_container(self, name: str) -> str:
        """Add the compression that the stream is in to the name of its format."""
        return f"{name}, {self.container}" if self.container else name

    def index(self) -> Iterator[PacketBatch]:
        """Yield the batches of the window: what a format's reader adds to this class."""
        raise NotImplementedError

    def give_up(self) -> None:
        """End the stream with what has come so far; any thread may say so."""
        if self._opened:
            self.window.give_up()

    def close(self) -> None:
        """Close the stream."""
        if self._opened:
            self.window.close()

    @property
    def bytes_done(self) -> int:
        """Bytes of the file read; with compression, compressed ones."""
        if not self._opened:
            return 0
        return min(self.window.source_bytes(), self._bytes_total or self.window.taken)

    @property
    def bytes_total(self) -> int | None:
        """Size of the file, None for a pipe."""
        return self._bytes_total

    def emit(self, columns: Columns, count: int) -> PacketBatch:
        """Make a batch of the first `count` rows of `columns`, and count its frames."""
        made = columns.batch(self.window.lend(), count, self.capture, self.frames + 1)
        self.frames += count
        return made

    def corrupt(self, name: str, detail: str) -> None:
        """Note that what stands here in the file cannot be trusted; reading stops unless a gap is passed over."""
        self.complete = False
        self.note = f"stopped after frame {self.frames:,} at byte {self.window.taken:,}: {detail}"
        self.issue(name, detail)

    def more(self) -> bool:
        """Bring in more of the file; False at its end, and where reading fails, which is noted."""
        try:
            return self.window.more()
        except OSError as error:
            if "read_error" not in self.issues:
                self.corrupt("read_error", f"reading failed: {error.strerror or error}")
            return False

    def cut_short(self) -> None:
        """Note what is left at the end of the file: the beginning of a record."""
        left = self.window.end - self.window.start
        if left and "read_error" not in self.issues:
            self.complete = False
            where = f"inside the record after frame {self.frames:,} ({left:,} bytes of it are there)"
            self.note = f"cut short: the file ends {where}"
            self.issue("file_truncated", "the file ends inside a record")

    def find(self, start: int, at_end: bool) -> tuple[int, int]:
        """Search the window from `start` on for a plausible record; see :mod:`annotator.capture.resync`."""
        raise NotImplementedError

    def pass_gap(self) -> bool:
        """Go on at the next plausible record behind what stands at the window's start, where the user asked for it.

        False where there is none. Gaps are counted; the capture stays one that was not wholly read.
        """
        if not self.resync:
            return False
        begun = self.window.taken
        place = begun + 1
        at_end = self.window.eof
        while True:
            start = min(self.window.start + place - self.window.taken, self.window.end)
            position, found = self.find(start, at_end)
            place = self.window.taken + position - self.window.start
            if found == FOUND:
                break
            if at_end:
                return False
            self.window.consume(position)
            at_end = not self.more()
        self.window.consume(position)
        if self._gaps < SHOWN_GAPS:
            self._gap_list.append(f"{place - begun:,} bytes after frame {self.frames:,}")
        self.issue("gap", "")
        self._gaps += 1
        self._gap_bytes += place - begun
        return True

    def close_gaps(self) -> None:
        """Say at the end which gaps were passed over."""
        if not self._gaps:
            return
        self.complete = False
        more = f" and {self._gaps - SHOWN_GAPS:,} more" if self._gaps > SHOWN_GAPS else ""
        where = f"{self._gap_bytes:,} damaged bytes passed over: {', '.join(self._gap_list)}{more}"
        self.note = f"{where}; then {self.note}" if self.note else where
        self.issues["gap"].detail = where

    def need(self, count: int) -> bool:
        """Have at least `count` bytes in memory; False where the file ends before."""
        while self.window.end - self.window.start < count:
            try:
                if not self.window.more():
                    return False
            except OSError as error:
                raise InputError(f"{self.name}: {error}") from None
        return True
