"""A difference as lines for people."""

from collections.abc import Iterator

from annotator.difference.difference import Difference, Table
from annotator.difference.wording import amounts, differing, heading, seen, standing, where
from annotator.registry import NOTICE
from annotator.report.layout import fold

WIDTH = 100


def encode(difference: Difference) -> Iterator[bytes]:
    """Give the text's bytes."""
    return (f"{line}\n".encode() for line in lines(difference, WIDTH))


def lines(difference: Difference, width: int) -> Iterator[str]:
    """Give the lines, at most `width` cells each."""
    yield from _folded(f"before  {heading(difference.before)}", width, 8)
    yield from _folded(f"after   {heading(difference.after)}", width, 8)
    for note in difference.notes:
        yield from _folded(f"! {note}", width, 2)
    for title, table in (("SERVICES", difference.services), ("ENDPOINTS", difference.endpoints)):
        if table is not None:
            yield ""
            yield from _table(title, table, width)
    yield ""
    for paragraph in NOTICE.split("\n"):
        yield from fold(paragraph, width)


def _table(title: str, table: Table, width: int) -> Iterator[str]:
    if not table:
        yield f"{title}   no difference"
        return
    yield f"{title}   {len(table.added):,} added, {len(table.gone):,} gone, {len(table.changed):,} changed"
    for sign, rows in (("+", table.added), ("-", table.gone)):
        for row in rows:
            yield from _folded(f" {sign} {where(row)}   {standing(row)} · {seen(row)} · {amounts(row)}", width, 7)
    for change in table.changed:
        yield from _folded(f" ~ {where(change.after)}", width, 7)
        for text in differing(change):
            yield from _folded(f"       {text}", width, 9)


def _folded(text: str, width: int, indent: int) -> Iterator[str]:
    start = text[: len(text) - len(text.lstrip())]
    for place, line in enumerate(fold(text.strip(), width - indent)):
        yield f"{' ' * indent if place else start}{line}"
