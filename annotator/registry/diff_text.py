"""The difference of two registries, for a terminal and as Markdown."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.text import Text

from annotator.registry.diff import Change, Diff
from annotator.registry.info import RegistryInfo
from annotator.registry.notice import NOTICE
from annotator.registry.record import Record
from annotator.report.layout import fold
from annotator.report.sanitize import clean, markdown

_LIMIT: Final = 4000
_INDENT: Final = 4


def key_words(record: Record) -> str:
    """Return ``443/tcp (https)``."""
    ports = f"{record.port_range or 'no port'}/{record.transport or 'any transport'}"
    return f"{ports} ({record.service_name})" if record.service_name else ports


def diff_lines(diff: Diff, width: int) -> Iterator[Text]:
    """Give the difference as lines: added, removed, changed, each record with what is said of it."""
    yield from _folded(f"{_version(diff.old)} → {_version(diff.new)}", width, 0, "bold")
    for title, records, sign, style in (
        ("added", diff.added, "+", "green"),
        ("removed", diff.removed, "-", "red"),
    ):
        yield Text()
        yield Text(f"{len(records):,} {title}", style="bold")
        for record in records:
            words = f"{sign} {clean(key_words(record))}   {clean(record.description, _LIMIT)}".rstrip()
            yield from _folded(words, width, 2, style)
    yield Text()
    yield Text(f"{len(diff.changed):,} changed", style="bold")
    for change in diff.changed:
        yield from _folded(f"~ {clean(key_words(change.after))}", width, 2, "yellow")
        for field, before, after in differences(change):
            words = f"{field}: {clean(before, _LIMIT) or '(nothing)'} → {clean(after, _LIMIT) or '(nothing)'}"
            yield from _folded(words, width, 2 + _INDENT)
    if diff.not_compared:
        yield Text()
        yield from _folded(_not_compared(diff), width, 0)
    yield Text()
    for paragraph in NOTICE.split("\n"):
        yield from (Text(line) for line in fold(paragraph, width))


def diff_markdown(diff: Diff) -> Iterator[str]:
    """Give the difference as lines of Markdown."""
    yield f"# {markdown(_version(diff.old))} → {markdown(_version(diff.new))}"
    for title, records in (("Added", diff.added), ("Removed", diff.removed)):
        yield from ("", f"## {title} ({len(records):,})")
        if records:
            yield from ("", "| record | description |", "|---|---|")
            yield from (f"| {_cell(key_words(record))} | {_cell(record.description)} |" for record in records)
    yield from ("", f"## Changed ({len(diff.changed):,})")
    if diff.changed:
        yield from ("", "| record | field | before | after |", "|---|---|---|---|")
        for change in diff.changed:
            for field, before, after in differences(change):
                yield f"| {_cell(key_words(change.after))} | {field} | {_cell(before)} | {_cell(after)} |"
    if diff.not_compared:
        yield from ("", markdown(_not_compared(diff)))
    for paragraph in NOTICE.split("\n"):
        yield f"> {markdown(paragraph)}".rstrip() if paragraph else ">"


def differences(change: Change) -> Iterator[tuple[str, str, str]]:
    """Give (field, before, after) of each field that differs, as words."""
    for field in change.fields:
        yield field.replace("_", " "), _words(getattr(change.before, field)), _words(getattr(change.after, field))


def _words(value: Any) -> str:
    return "; ".join(value) if isinstance(value, Sequence) and not isinstance(value, str) else str(value or "")


def _version(info: RegistryInfo) -> str:
    return f"{info.updated or 'no date'} ({info.records:,} records, sha256 {info.sha256[:12]})"


def _not_compared(diff: Diff) -> str:
    fields = ", ".join(field.replace("_", " ") for field in diff.not_compared)
    return f"not compared, because one of the two does not hold it: {fields}"


def _cell(text: str) -> str:
    return markdown(clean(text, _LIMIT))


def _folded(text: str, width: int, indent: int, style: str = "") -> Iterator[Text]:
    """Break a text into lines; those after its first stand ``_INDENT`` further in."""
    room = max(width - indent - _INDENT, 20)
    for number, line in enumerate(fold(text, room)):
        yield Text(" " * (indent + (_INDENT if number else 0)) + line, style=style)
