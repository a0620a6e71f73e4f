"""Lines of a given width for the terminal: styled pieces, wrapping at the joints, bars."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.text import Text

JOINT: Final = " · "
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"


def pad(text: str, width: int, right: bool = False) -> str:
    """Make a text exactly `width` cells wide; what is too long ends in an ellipsis."""
    if cell_len(text) > width:
        return set_cell_size(text, max(width - 1, 0)) + "…"[:width]
    return " " * (width - cell_len(text)) + text if right else set_cell_size(text, width)


def bar(part: float, whole: float, width: int) -> str:
    """Draw a bar in eighths of a cell; what is more than nothing shows at least one."""
    if part <= 0 or whole <= 0 or width <= 0:
        return ""
    eighths = max(1, round(8 * width * min(part / whole, 1)))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def joined(pieces: Iterable[str], width: int, indent: int = 0, style: str = "") -> list[Text]:
    """Join pieces with a dot between, as many on a line as fit; a piece that fits no line is broken at its words."""
    room = max(width - indent, 10)
    lines: list[str] = []
    for piece in pieces:
        if lines and cell_len(lines[-1]) + len(JOINT) + cell_len(piece) <= room:
            lines[-1] += JOINT + piece
        else:
            lines += fold(piece, room)
    return [Text(" " * indent + line, style=style) for line in lines]


def fold(text: str, width: int) -> list[str]:
    """Break a text into lines at its spaces, and within words that are longer than a line."""
    lines = [""]
    for word in text.split(" "):
        rest = word
        if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(rest) <= width:
            lines[-1] += f" {rest}"
            continue
        if lines[-1]:
            lines.append("")
        while cell_len(rest) > width:
            head = _prefix(rest, width)
            lines[-1] = rest[:head]
            rest = rest[head:]
            lines.append("")
        lines[-1] = rest
    return lines


def _prefix(text: str, width: int) -> int:
    """Count the characters that fit `width` cells, one at least."""
    used = 0
    for place, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return max(place, 1)
    return len(text)


def beside(left: Sequence[Text], right: Sequence[Text], width: int) -> list[Text]:
    """Put two blocks side by side, the left one `width` cells wide."""
    lines = []
    for place in range(max(len(left), len(right))):
        line = left[place].copy() if place < len(left) else Text()
        line.pad_right(max(width - line.cell_len, 0))
        if place < len(right):
            line.append_text(right[place])
        lines.append(line)
    return lines
