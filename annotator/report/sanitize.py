"""The one place where text that somebody else wrote is made harmless.

File names, registry text, labels from payload: whatever comes from outside passes :func:`clean` once, when a
report is built, so every format starts from text that cannot steer a terminal, hide itself or break a line.
What only one format reads as a command (a formula, a link) is disarmed by that format's function here.
"""

import re
from typing import Final

LABEL_LIMIT: Final = 256
"""Characters kept of one piece of foreign text; a longer one ends in an ellipsis."""

FORMULA_STARTS: Final = "=+-@\uff1d\uff0b\uff0d\uff20"
"""First characters that make spreadsheets read a cell as a formula (ASCII and full width)."""

_MARKDOWN_ACTIVE: Final = "\\`*_{}[]<>#|~$&"

_LIST_ITEM: Final = re.compile(r"^(\s*\d{0,9})([-+.)])(?=\s|$)")
"""What begins an item of a list, be it within another item."""


def _escaped(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def clean(text: str, limit: int = LABEL_LIMIT) -> str:
    r"""Give `text` as one line of printable characters.

    Control characters (C0, C1, escape sequences, newlines), bidirectional overrides, zero-width and other format
    characters, unpaired surrogates and unassigned code points are written as escapes (``\x1b``, ``\u202e``):
    :meth:`str.isprintable` draws the line. Text longer than `limit` characters is cut and ends in ``…``.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def clean_words(text: str, limit: int = LABEL_LIMIT) -> str:
    """Like :func:`clean`, for prose: runs of white space, newlines included, first become one space."""
    return clean(" ".join(text.split()), limit)


def cell(text: str) -> str:
    """Disarm what a spreadsheet would run: a text that starts like a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(tuple(FORMULA_STARTS)) else text


def comment(text: str) -> str:
    """Disarm a comment line of a delimited file: a spreadsheet knows no comments and would split it into cells."""
    return "".join(" " if character in '",;\t=' else character for character in text)


def markdown(text: str) -> str:
    """Escape Markdown's and HTML's active characters, so that `text` shows as it is, in a table cell too."""
    escaped = "".join(f"\\{c}" if c in _MARKDOWN_ACTIVE else c for c in text)
    escaped = _LIST_ITEM.sub(r"\1\\\2", escaped)
    # An address is made a link by many renderers even where it is plain text; a backslash stops that too.
    return escaped.replace("://", ":\\//").replace("www.", "www\\.").replace("@", "\\@")
