"""What plain Python took in place of a kernel, in all runs together: what is used often is compiled in the end.

It stands beside the machine code that there would be, and so begins anew with every change of the sources.
"""

import contextlib
from pathlib import Path
from typing import Final

SUFFIX: Final = ".plain"
LONGEST_S: Final = 1e6
"""No account is longer; what is there instead was not written here."""


def taken(folder: Path | None, name: str) -> float:
    """Give the seconds that a function took so far in plain Python; 0 where that is not known."""
    if folder is None:
        return 0.0
    try:
        seconds = float((folder / f"{name}{SUFFIX}").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0
    return seconds if 0 <= seconds < LONGEST_S else 0.0


def note(folder: Path | None, name: str, seconds: float) -> None:
    """Add seconds to the account; where that cannot be, it is forgotten."""
    if folder is not None:
        with contextlib.suppress(OSError):
            (folder / f"{name}{SUFFIX}").write_text(f"{taken(folder, name) + seconds:.6f}\n", encoding="ascii")
