"""SIGTERM and SIGHUP unwind the stack, so that half-written files and temporary folders are removed."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, NoReturn

AGAIN_S: Final = 0.05
"""When a signal comes again that found nowhere to go: a callback from C is over by then."""


class TerminatedError(SystemExit):
    """A signal asks the process to end: nobody takes it for a failure, and everybody lets go of what they hold."""

    code: int
    """The exit code: 128 and the signal's number."""


def die_tidily() -> None:
    """Raise :class:`TerminatedError` on SIGTERM and SIGHUP, unless somebody else has chosen what they do."""

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        del frame
        raise TerminatedError(128 + number)

    chosen = [number for number in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_DFL]
    for number in chosen:
        signal.signal(number, leave)
    if chosen:
        sys.unraisablehook = _hook(sys.unraisablehook)


def _hook(before: Callable[[Any], object]) -> Callable[[Any], object]:
    """Wrap a hook for exceptions that have nowhere to go: what a signal raised has to end the process all the same.

    Python runs a signal's handler wherever the main thread happens to be. The compiler calls back from C, and there
    an exception would be shown and forgotten.
    """

    def hook(lost: Any) -> None:
        error = lost.exc_value
        if isinstance(error, TerminatedError):
            _come_again(error.code - 128)
        elif isinstance(error, KeyboardInterrupt):
            _come_again(signal.SIGINT)
        else:
            before(lost)

    return hook


def _come_again(number: int) -> None:
    from threading import Timer

    timer = Timer(AGAIN_S, os.kill, (os.getpid(), number))
    timer.daemon = True
    timer.start()
