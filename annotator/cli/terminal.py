"""Lines and JSON on standard output: as wide as the terminal, plain where it is none, coloured where it likes that."""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.text import Text

WIDTH: Final = 100
"""Columns where no terminal says how many it has."""
NARROWEST: Final = 40


def width() -> int:
    """Give the columns of the terminal, or those that ``COLUMNS`` asks for."""
    if sys.stdout.isatty():
        return max(shutil.get_terminal_size((WIDTH, 24)).columns, NARROWEST)
    text = os.environ.get("COLUMNS", "")
    return max(int(text), NARROWEST) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else WIDTH


def coloured() -> bool:
    """Say whether colours are wanted: on a terminal that can show them, unless ``NO_COLOR`` is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_lines(lines: "Iterable[Text]") -> None:
    """Write lines that are laid out already; colours only on a terminal, and not where ``NO_COLOR`` is set.

    Raises:
        BrokenPipeError: the reader went away.
    """
    terminal = sys.stdout.isatty()
    if not coloured():
        for line in lines:
            _write(f"{line.plain.rstrip()}\n", terminal)
        return
    from rich.console import Console

    console = Console(force_terminal=True, markup=False, highlight=False, emoji=False, legacy_windows=False)
    for line in lines:
        line.rstrip()
        with console.capture() as capture:
            console.print(line, soft_wrap=True)
        _write(capture.get(), terminal)


def print_json(document: Any) -> None:
    """Write a document as JSON, for a program to read.

    Raises:
        BrokenPipeError: the reader went away.
    """
    _write(json.dumps(document, ensure_ascii=False, indent=2) + "\n", terminal=False)


def print_text(pieces: Iterable[str]) -> None:
    """Write plain text.

    Raises:
        BrokenPipeError: the reader went away.
    """
    for piece in pieces:
        _write(piece, sys.stdout.isatty())


def print_bytes(data: bytes) -> None:
    """Write what is made for a file.

    Raises:
        BrokenPipeError: the reader went away.
    """
    sys.stdout.buffer.write(data)


def _write(text: str, terminal: bool) -> None:
    """Encode for a pipe the same everywhere, for a terminal what it can show."""
    sys.stdout.buffer.write(text.encode((terminal and sys.stdout.encoding) or "utf-8", "replace"))
