"""A difference as Markdown, all text escaped."""

from collections.abc import Iterator

from annotator.difference.difference import Difference, Table
from annotator.difference.wording import amounts, differing, heading, seen, standing, where
from annotator.registry import NOTICE
from annotator.report.records import Record
from annotator.report.sanitize import markdown as esc


def encode(difference: Difference) -> Iterator[bytes]:
    """Give the file's bytes."""
    return (f"{line}\n".encode() for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    yield "# What has changed"
    yield ""
    yield f"- before: {esc(heading(difference.before))}"
    yield f"- after: {esc(heading(difference.after))}"
    for note in difference.notes:
        yield f"- **{esc(note)}**"
    for title, table in (("Services", difference.services), ("Endpoints", difference.endpoints)):
        if table is not None:
            yield from _table(title, table)
    yield ""
    for line in NOTICE.splitlines():
        yield f"> {esc(line)}".rstrip()


def _table(title: str, table: Table) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    for name, rows in (("Added", table.added), ("Gone", table.gone)):
        if rows:
            yield from ("", f"### {name} ({len(rows):,})", "")
            yield from ("| what | status | observed | volume |", "|---|---|---|---|")
            yield from (_line(row) for row in rows)
    if table.changed:
        yield from ("", f"### Changed ({len(table.changed):,})", "")
        yield from ("| what | change |", "|---|---|")
        for change in table.changed:
            yield f"| {esc(where(change.after))} | {'<br>'.join(map(esc, differing(change)))} |"
    if not table:
        yield from ("", "No difference.")


def _line(row: Record) -> str:
    return f"| {' | '.join(map(esc, (where(row), standing(row), seen(row), amounts(row))))} |"
