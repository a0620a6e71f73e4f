"""Running the command line as users do: in a process of its own, its output kept."""

import os
import pty
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-c", "import sys; from annotator.cli import main; sys.exit(main())"]


def annotate(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `annotate` with its output in pipes."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )


def on_terminal(*arguments: str | Path, columns: int = 100, stream: str = "stdout", **environment: str) -> str:
    """Run `annotate` with one output stream on a terminal of so many columns, and return what it wrote there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns), **environment}
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: theirs}
    with subprocess.Popen([*COMMAND, *map(str, arguments)], env=environment, **streams) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            written += part
        process.wait()
    os.close(ours)
    return written.decode().replace("\r\n", "\n")
