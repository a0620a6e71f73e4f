"""The first run after installing: a second process compiles what the first will need next, on the other core."""

import subprocess
import sys
from pathlib import Path
from typing import Final, Self

from annotator.kernel.cache import BASE_FOLDER, prepared

PATIENCE_S: Final = 60
"""What it may take; after that the first process compiles the rest itself."""
COMPILE: Final = "from annotator.prepare import prepare_flows; prepare_flows()"


class HeadStart:
    """Kernels behind decoding, compiled while those for decoding are; nothing where all are compiled already."""

    def __init__(self) -> None:
        """Begin. Where no process can be started, there is no head start, and nothing is lost."""
        self._process: subprocess.Popen[bytes] | None = None
        if prepared() or BASE_FOLDER is None or not Path(sys.executable).name.startswith("python"):
            return  # another program may have Python within it: what its file does with these words, nobody knows
        try:
            # -P: a module in the user's folder is none of ours
            self._process = subprocess.Popen(  # noqa: S603  # this interpreter, a text of our own
                [sys.executable, "-P", "-c", COMPILE],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            return

    def finish(self) -> None:
        """Wait until it is done: two that compile the same would take longer than one."""
        if self._process is None:
            return
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.__exit__()
        self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """End it, however far it is."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
