"""A check as lines for people: the summary first, so that the first line of a mail tells all."""

from collections.abc import Iterator

from annotator.baseline.check import Check
from annotator.report.layout import fold

WIDTH = 100
_MARKS = {"new_responder": "+", "new_port": "+", "new_protocol": "~", "changed_status": "~", "gone": "-"}


def encode(check: Check) -> Iterator[bytes]:
    """Give the text's bytes."""
    return (f"{line}\n".encode() for line in lines(check, WIDTH))


def lines(check: Check, width: int) -> Iterator[str]:
    """Give the lines, at most `width` characters each where words allow it."""
    yield check.summary
    for note in check.notes:
        yield from _folded(f"! {note}", width, "  ")
    for deviation in check.deviations:
        allowed = "" if deviation.violates else " (allowed)"
        line = f", line {deviation.line} of the baseline" if deviation.line else ""
        yield f"{_MARKS[deviation.kind]} {deviation.where}: {deviation.kind.replace('_', ' ')}{allowed}{line}"
        yield from (f"    {part}" for part in fold(deviation.message, width - 4))
    if check.deviations:
        yield ""
        for paragraph in check.report.caveat.split("\n"):
            yield from fold(paragraph, width)


def _folded(text: str, width: int, indent: str) -> Iterator[str]:
    for place, line in enumerate(fold(text, width - len(indent))):
        yield f"{indent if place else ''}{line}"
