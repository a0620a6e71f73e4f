"""Ctrl-C while captures are read: it ends reading, and what was read is reported; the second one ends the program."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

import click


class Interrupt:
    """What the pipeline asks whether to stop. Its first question says that reading has begun.

    Until then, and once it is left, Ctrl-C does what it always does.
    """

    def __init__(self) -> None:
        """Listen to nothing yet."""
        self.received = False
        """Whether Ctrl-C ended reading."""
        self._before: Any = None

    def __enter__(self) -> Self:
        """Wait for reading to begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give Ctrl-C back its meaning."""
        self._restore()

    def __call__(self) -> bool:
        """Say whether reading is to stop."""
        if self._before is None and not self.received and threading.current_thread() is threading.main_thread():
            self._before = signal.getsignal(signal.SIGINT)
            if self._before is not signal.SIG_IGN:  # nohup and background jobs keep their promise
                signal.signal(signal.SIGINT, self._take)
        return self.received

    def _take(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.received = True
        self._restore()
        click.echo("annotate: interrupted: reporting what was read so far; Ctrl-C again ends at once", err=True)

    def _restore(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None
