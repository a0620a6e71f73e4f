"""Answers for a terminal: lines of a given width, the ports first, then all that the registry says of them."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from rich.text import Text

from annotator.registry.lookup import Answer, searched_fields
from annotator.registry.notice import APPLY_URL, NOTICE, REGISTRATION
from annotator.registry.people import Annex
from annotator.registry.ranges import format_ports
from annotator.registry.record import Record
from annotator.registry.registry import Registry
from annotator.registry.service_name import is_well_formed
from annotator.registry.site import SiteEntry
from annotator.report.layout import fold, joined
from annotator.report.sanitize import clean
from annotator.words import Status

_STYLE: Final = {
    Status.ASSIGNED: "green",
    Status.RESERVED: "yellow",
    Status.UNASSIGNED: "red",
    Status.NOT_LISTED: "red",
    Status.DYNAMIC: "cyan",
    Status.NONE: "",
}
_LIMIT: Final = 4000
"""Characters shown of one field; IANA's longest note has 1,400."""
_NAME: Final = 17
_STATUS: Final = 13
_WIDE: Final = 60
"""Columns from which on things stand beside each other."""
_INDENT: Final = 4


def port_label(answer: Answer) -> str:
    """Return ``443/tcp``, ``7203-7214/udp``, ``6400/any transport``, or ``no port/tcp``."""
    ports = format_ports(*answer.ports) if answer.ports else "no port"
    return f"{ports}/{answer.transport or 'any transport'}"


def answer_lines(answer: Answer, annex: Annex, site: Sequence[SiteEntry], on: date, width: int) -> Iterator[Text]:
    """Give one answer in full."""
    yield from _head(answer, width)
    for record in answer.records:
        yield from _record_lines(record, answer, annex, width)
    for entry in site:
        pieces = [f"site: {clean(entry.words(on))}", entry.where(), clean(entry.note), clean(entry.source)]
        yield from joined(filter(None, pieces), width, _INDENT, "magenta")
    if answer.status not in (Status.ASSIGNED, Status.NONE):
        yield from joined([REGISTRATION[answer.range_class]], width, _INDENT, "dim")


def _head(answer: Answer, width: int) -> Iterator[Text]:
    service = f" ({clean(answer.service)})" if answer.service else ""
    others = [name for name in answer.service_names if name != answer.service]
    said = f"{answer.range_class.word}, {_said(answer.status)}"
    detail = f" ({clean(answer.status_detail)})" if answer.status_detail else ""
    also = f"; also {clean(', '.join(others))}" if others else ""
    label = f"{port_label(answer)}{service}"
    if answer.status is Status.NONE:
        said = "a service name without a port"
    for number, line in enumerate(fold(f"{label}   {said}{detail}{also}", width)):
        text = Text(line)
        if number == 0:
            text.stylize("bold", 0, len(label))
            text.stylize(_STYLE[answer.status], len(label))
        yield text


def _said(status: Status) -> str:
    return "never assigned" if status is Status.DYNAMIC else status.word.replace("_", " ")


def _record_lines(record: Record, answer: Answer, annex: Annex, width: int) -> Iterator[Text]:
    name = clean(record.service_name) or "(no name)"
    indent = _INDENT + _NAME if width >= _WIDE else _INDENT * 2
    described = fold(clean(record.description, _LIMIT), max(width - indent, 20))
    head = Text(" " * _INDENT + name)
    if head.cell_len < indent:
        head.pad_right(indent - head.cell_len)
        head.append(described.pop(0))
    yield head
    yield from (Text(" " * indent + line) for line in described if line)
    yield from joined(_pieces(record, answer), width, indent, "dim")
    for title, text in (("unauthorized use", record.unauthorized_use), ("notes", record.notes or "")):
        if text:
            yield from (Text(" " * indent + line) for line in fold(f"{title}: {clean(text, _LIMIT)}", width - indent))
    for identifier, text in annex.explain(record.reference, record.assignee, record.contact).items():
        words = f"[{clean(identifier)}] {clean(text, _LIMIT)}"
        yield from (Text(" " * indent + line, style="dim") for line in fold(words, width - indent))


def _pieces(record: Record, answer: Answer) -> Iterator[str]:
    """Give the short facts of a record; a doubtful one is marked."""
    if answer.ports and record.port_range != format_ports(*answer.ports):
        yield f"of {clean(record.port_range)}"
    if not record.transport:
        yield "any transport"
    for title, field in (
        ("registered", "registration_date"),
        ("modified", "modification_date"),
        ("service code", "service_code"),
        ("reference", "reference"),
        ("assignee", "assignee"),
        ("contact", "contact"),
    ):
        if text := getattr(record, field):
            yield f"{title} {clean(text, _LIMIT)}"
    yield from (clean(fact) for fact in record.facts)
    if record.service_name and not is_well_formed(record.service_name):
        yield "a legacy name (RFC 6335 section 5.1)"
    if record.doubtful:
        yield f"doubtful: {', '.join(field.replace('_', ' ') for field in record.doubtful)}"


def found_lines(registry: Registry, answers: Sequence[Answer], wanted: str, width: int) -> Iterator[Text]:
    """Give what a search found, a record to an entry; a field that is not shown is, where the text is only there."""
    label_width = min(max((len(_label(answer)) for answer in answers), default=0), width // 2 - 8)
    for answer in answers:
        yield from _found(answer, wanted.casefold(), label_width if width >= _WIDE else 0, width)
    if answers:
        yield Text()
    yield from (Text(line) for line in fold(_search_words(registry, len(answers), wanted), width))


def _found(answer: Answer, wanted: str, label_width: int, width: int) -> Iterator[Text]:
    """Give a record found: label, status and description in columns, or below each other where ``label_width`` is 0."""
    record = answer.records[0]
    indent = label_width + 2 if label_width else _INDENT
    head = Text(_label(answer), style="bold")
    if head.cell_len > label_width:
        yield from (Text(line, style="bold") for line in fold(_label(answer), width))
        head = Text()
    head.pad_right(indent - head.cell_len)
    head.append(f"{record.row_status.replace('_', ' '):<{_STATUS}}", style=_STYLE[answer.status])
    described = fold(clean(record.description, _LIMIT), width - indent - _STATUS)
    head.append(described[0])
    yield head
    yield from (Text(" " * (indent + _STATUS) + line) for line in described[1:])
    yield from joined(_hidden(record, wanted), width, indent + _STATUS, "dim")


def _label(answer: Answer) -> str:
    return f"{port_label(answer)} ({clean(answer.service)})" if answer.service else port_label(answer)


def _hidden(record: Record, wanted: str) -> Iterator[str]:
    """Give the fields that hold the text, where no field that is shown does."""
    if any(wanted in text.casefold() for text in (record.service_name, record.port_range, record.description)):
        return
    for title, text in (("reference", record.reference), ("notes", record.notes or "")):
        if wanted in text.casefold():
            yield f"{title} {clean(text, _LIMIT)}"


def _search_words(registry: Registry, count: int, wanted: str) -> str:
    """Say how much was found, and where it was looked for."""
    words = {"service_name": "names", "port_range": "ports", "description": "descriptions", "reference": "references"}
    fields = searched_fields(registry)
    where = ", ".join(words[field] for field in fields if field in words)
    notes = "" if "notes" not in fields else " and notes"
    missing = "" if notes else "; this registry holds no notes: for those, annotate registry update, or --registry FILE"
    records = "record holds" if count == 1 else "records hold"
    return f"{count:,} {records} {clean(wanted)!r} in {where}{notes}{missing}"


def closing_lines(registry: Registry, width: int) -> Iterator[Text]:
    """Give what stands under every answer: which registry it is of, the rule of registration, and the notice."""
    info = registry.info
    basis = "" if info.updated_basis == "stated" else " or later"
    yield Text()
    pieces = [
        f"registry {info.updated or 'without a date'}{basis}",
        f"{info.records:,} records",
        f"sha256 {info.sha256[:12]}",
        clean(info.source),
    ]
    yield from joined(pieces, width, style="dim")
    rule = (
        "System Ports (0-1023) and User Ports (1024-49151) are not to be used without or prior to registration with "
        f"IANA, which is asked for at {APPLY_URL}. Dynamic Ports (49152-65535) are never assigned."
    )
    yield from (Text(line) for line in fold(rule, width))
    yield Text()
    for paragraph in NOTICE.split("\n"):
        yield from (Text(line) for line in fold(paragraph, width))
