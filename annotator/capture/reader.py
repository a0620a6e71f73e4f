"""What the readers of all file formats have in common: a window, a count of frames, and how reading ended."""

from collections.abc import Iterator
from dataclasses import dataclass

from annotator.capture.batch import Columns
from annotator.capture.window import Window
from annotator.model import PacketBatch


@dataclass(slots=True)
class ReadIssue:
    """Something odd about the file itself, met while it was indexed."""

    name: str
    detail: str
    count: int
    first_frame: int


class Reader:
    """Reads one capture as batches.

    After the last batch ``complete`` says whether the capture was read to its end; where it was not, ``note`` says
    why in one line. The good prefix has been yielded by then.
    """

    format = ""

    def __init__(self, window: Window, name: str, capture: int) -> None:
        """Read from `window`; `name` is for messages, `capture` the index that batches carry."""
        self.window = window
        self.name = name
        self.capture = capture
        self.frames = 0
        self.complete = True
        self.note = ""
        self.drops: int | None = None
        self.issues: dict[str, ReadIssue] = {}

    def batches(self) -> Iterator[PacketBatch]:
        """Yield the packets, batch by batch; each batch is valid until the next is asked for."""
        raise NotImplementedError

    def emit(self, columns: Columns, count: int) -> PacketBatch:
        """Make a batch of the first `count` rows of `columns`, and count its frames."""
        made = columns.batch(self.window.data, count, self.capture, self.frames + 1)
        self.frames += count
        return made

    def issue(self, name: str, detail: str, count: int = 1) -> None:
        """Count an oddity of the file; the first frame concerned is the next one."""
        known = self.issues.setdefault(name, ReadIssue(name, detail, 0, self.frames + 1))
        known.count += count

    def corrupt(self, name: str, detail: str) -> None:
        """Stop here: what follows in the file cannot be trusted."""
        self.complete = False
        self.note = f"stopped after frame {self.frames:,} at byte {self.window.taken:,}: {detail}"
        self.issue(name, detail)

    def more(self) -> bool:
        """Bring in more of the file; False at its end, which is a truncation where a record has begun."""
        try:
            if self.window.more():
                return True
        except (OSError, EOFError) as error:
            self.corrupt("read_error", f"reading failed: {error}")
            return False
        left = self.window.end - self.window.start
        if left:
            self.complete = False
            self.note = f"cut short: the file ends inside the record after frame {self.frames:,} ({left:,} bytes of it are there)"
            self.issue("file_truncated", "the file ends inside a record")
        return False

    def need(self, count: int) -> bool:
        """Have at least `count` bytes in memory; False where the file ends before."""
        while self.window.end - self.window.start < count:
            if not self.window.more():
                return False
        return True
