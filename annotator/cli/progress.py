"""What standard error shows while a capture is read: that kernels are being prepared, and how far it has come."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_S: Final = 0.5
"""What takes less than this needs no bar."""

PREPARING: Final = (
    "annotate: preparing kernels for this machine, once after installing: some seconds, a minute for a large capture\n"
)


def announce_preparing() -> None:
    """Say that kernels have to be compiled first, where that is so."""
    from annotator.kernel.cache import prepared

    if not prepared():
        sys.stderr.write(PREPARING)
        sys.stderr.flush()


def show_preparing() -> None:
    """Compile all kernels; on a terminal a bar says how far that has come."""
    from annotator.prepare import prepare

    if not sys.stderr.isatty():
        prepare()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns: list[Any] = [
        TextColumn("compiling"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[ready]}"),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("compiling", total=None, ready="")
        prepare(lambda ready, done, steps: bar.update(task, completed=done, total=steps, ready=ready))


class ProgressBar:
    """A callback for the pipeline: a bar on a terminal, silence elsewhere."""

    def __init__(self) -> None:
        """Wait for the first call: the clock starts when reading does."""
        self._start: float | None = None
        self._terminal = sys.stderr.isatty()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Show nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()

    def __call__(self, done_bytes: int, total_bytes: int | None, packets: int) -> None:
        """Show how far reading has come; the first call comes when every capture has been opened."""
        if self._start is None:
            announce_preparing()
            self._start = time.monotonic()
        if not self._terminal or time.monotonic() - self._start < PATIENCE_S:
            return
        if self._bar is None:
            self._begin()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done_bytes, total=total_bytes, packets=f"{packets:,}")

    def _begin(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        columns: list[Any] = [
            TextColumn("reading"),
            BarColumn(),
            DownloadColumn(),
            TextColumn("{task.fields[packets]} packets"),
            TimeRemainingColumn(),
        ]
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("reading", total=None, packets="0")
        self._bar.start()
