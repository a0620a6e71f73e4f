"""TOML that people edit: read with errors that name file and line, written so that nothing breaks out of its place."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from annotator.errors import AnnotatorError

_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")

Fail = Callable[[str], AnnotatorError]
"""Makes the error to raise out of one line of text."""


class WrongError(Exception):
    """What is wrong with a key of a table; who reads the file turns it into a line that names the place."""

    def __init__(self, key: str, problem: str) -> None:
        """Say what is wrong with `key`."""
        super().__init__(problem)
        self.key = key


def read_text(path: str | Path, most_bytes: int, fail: Fail) -> str:
    """Read a file of UTF-8 text that has at most so many bytes; raises what `fail` makes where that cannot be."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(most_bytes + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise fail(f"{path}: cannot be read ({error.strerror}); name another file") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise fail(f"{path}, line {line}: not UTF-8 text; save the file as UTF-8") from None
    if len(data) > most_bytes:
        raise fail(f"{path}: larger than {most_bytes >> 20} MB; name another file")
    return text


def parse(text: str, name: str, fail: Fail) -> dict[str, Any]:
    """Parse the text of the file `name`; raises what `fail` makes where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _AT_LINE.search(str(error))
        line = match[1] if match and match[1] else str(text.count("\n") + 1)
        what = str(error).partition(" (at ")[0]
        raise fail(f"{name}, line {line}: {what[:1].lower()}{what[1:]}; see the TOML syntax") from None
    except RecursionError:
        raise fail(f"{name}: nested too deeply; write one table for each entry") from None


def line_of(text: str, key: str, table: str = "", number: int = 0) -> int:
    """Give the line (from 1) of a key in the `number`-th (from 1) table ``[[table]]``, or of the table's head.

    Number 0 is the file's top. A head inside a multi-line string is none: what stands before a true one parses.
    """
    start = 0
    if number:
        heads = list(re.finditer(rf"^[ \t]*\[\[[ \t]*{re.escape(table)}[ \t]*\]\]", text, re.M))
        if len(heads) != _count(text, table):  # some stand in strings: look closer, at a price
            heads = [head for head in heads if _count(text[: head.start()], table) is not None]
        start = heads[number - 1].start() if number <= len(heads) else 0
    found = re.compile(rf"^[ \t]*(?:\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", re.M).search(text, start)
    return text.count("\n", 0, found.start() if found else start) + 1


def _count(text: str, table: str) -> int | None:
    """Count the tables of a name; None where the text is no TOML."""
    try:
        tables = tomllib.loads(text).get(table, [])
    except tomllib.TOMLDecodeError:
        return None
    return len(tables) if isinstance(tables, list) else 1


def string(text: str) -> str:
    """Write a text of printable characters as a basic string (TOML 1.0): a quote or backslash cannot end it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def strings(texts: list[str]) -> str:
    """Write texts as a TOML array."""
    return f"[{', '.join(map(string, texts))}]"
