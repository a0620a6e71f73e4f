"""The page's tables: which columns they show, and all of their columns for search, details and export."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from annotator.report import human
from annotator.report.brief import (
    contact,
    contradiction,
    endpoint,
    evidence,
    observed_tally,
    peers,
    port_label,
    standing,
    words,
)
from annotator.report.columns import Column
from annotator.report.html.packed import Packed, pack, pack_array
from annotator.report.records import Record, Records
from annotator.report.report import Report
from annotator.report.wireshark import flow_filter

MOST_ROWS: Final = 50_000
"""Rows that a table of a page holds: as many as stay fluid."""

PRINTED_ROWS: Final = 60
"""Rows that stand in the page itself: for paper, and where scripts do not run."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A column that a table shows."""

    field: str
    title: str
    value: Callable[[Record], Any]
    """What is shown of a row: a text, a number or a time, by `kind`."""
    kind: str = "text"
    """``text``, ``count``, ``size`` (bytes), ``time`` (ISO 8601), ``severity`` or ``code`` (a word)."""
    filter: str = "text"
    """How it is filtered: ``text`` (part of it), ``choice`` (one of its words), ``least`` (a number)."""
    sort: str = ""
    """The column of the schema that it is sorted by; itself unless given."""
    width: int = 90
    """Pixels at least."""
    grow: int = 0
    """Its share of the room that is left."""
    keep: int = 0
    """Narrow screens leave out the columns with the highest number first; 0 stays."""

    def text(self, row: Record) -> str:
        """Write the cell for paper."""
        value = self.value(row)
        if value is None:
            return "–"  # noqa: RUF001 (an en dash for what is not there)
        match self.kind:
            case "count":
                return human.count(value)
            case "size":
                return human.size(value)
            case "time":
                return str(value)[:19].replace("T", " ")
            case "code":
                return words(value)
        return str(value)


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table with all that the page needs."""

    key: str
    title: str
    total: int
    """Rows that there are."""
    left_out: str
    """What the page leaves out, and where it is; empty where it holds all."""
    columns: tuple[Column, ...]
    shown: tuple[Shown, ...]
    values: dict[str, Packed]
    """Each column of the schema."""
    shows: dict[str, Packed]
    """Each shown column that is none of the schema's."""
    printed: list[list[str]]
    """The first rows, written out."""
    rows: int
    label: str
    """Which of the shown columns name a row, for those who do not see it."""

    def data(self) -> dict[str, Any]:
        """Give what the page's script makes the table from."""
        return {
            "title": self.title,
            "rows": self.rows,
            "label": self.label.split(),
            "columns": [{"n": c.name, "k": c.kind.value, "d": c.doc, "u": c.unit} for c in self.columns],
            "shown": [
                {
                    "f": s.field,
                    "t": s.title,
                    "k": s.kind,
                    "q": s.filter,
                    "s": s.sort,
                    "w": s.width,
                    "g": s.grow,
                    "r": s.keep,
                }
                for s in self.shown
            ],
            "values": self.values,
            "shows": self.shows,
        }


def _it(name: str) -> Callable[[Record], Any]:
    return lambda row: row[name]


def _label(row: Record) -> str:
    return port_label(row["port"], row["transport"], row["service"])


def _agreement(row: Record) -> str:
    return ", ".join(f"{words(word)} {human.count(number)}" for word, number in row["agreement"].items())


_SEVERITY: Final = Shown("severity", "severity", _it("severity"), "severity", "choice", width=98)
_RESPONDER: Final = Shown("responder_addr", "responder", _it("responder_addr"), width=96, grow=1)
_PORT: Final = Shown("_port", "port", _label, sort="port", width=98, grow=1)
_PEERS: Final = Shown("_peers", "peers", peers, sort="peer_count", width=150, grow=2, keep=5)
_FLOWS: Final = Shown("flows", "flows", _it("flows"), "count", "least", width=76, keep=4)
_BYTES: Final = Shown("bytes", "bytes", _it("bytes"), "size", "least", width=84, keep=2)
_SINCE: Final = Shown("first_seen", "since (UTC)", _it("first_seen"), "time", width=168, keep=6)
_LAST: Final = Shown("last_seen", "last (UTC)", _it("last_seen"), "time", width=168, keep=8)

UNKNOWN_SHOWN: Final = (
    _SEVERITY,
    _RESPONDER,
    _PORT,
    Shown("_registry", "registry", standing, width=170, grow=2, keep=3),
    Shown("_evidence", "payload", evidence, width=190, grow=3, keep=1),
    Shown("_contact", "contact", contact, width=150, grow=2, keep=7),
    _PEERS,
    _FLOWS,
    _BYTES,
    _SINCE,
    _LAST,
)
DISAGREEMENT_SHOWN: Final = (
    _SEVERITY,
    _RESPONDER,
    _PORT,
    Shown("_contradiction", "contradiction", contradiction, width=220, grow=4, keep=1),
    _PEERS,
    _FLOWS,
    _BYTES,
    _SINCE,
    _LAST,
)
SERVICE_SHOWN: Final = (
    Shown("_port", "port", _label, sort="port", width=150, grow=2),
    Shown("range_class", "range class", _it("range_class"), "code", "choice", width=110, keep=6),
    Shown("status", "status", _it("status"), "code", "choice", width=112, keep=3),
    Shown("_observed", "payload", lambda row: observed_tally(row) or None, width=120, grow=2, keep=1),
    Shown("_agreement", "agreement", _agreement, width=130, grow=2, keep=4),
    Shown("initiators", "initiators", _it("initiators"), "count", "least", width=96, keep=8),
    Shown("responders", "responders", _it("responders"), "count", "least", width=100, keep=7),
    _FLOWS,
    _BYTES,
    Shown("first_seen", "since (UTC)", _it("first_seen"), "time", width=168, keep=9),
)


def _initiator(row: Record) -> str:
    return endpoint(row["initiator_addr"], row["initiator_port"])


def _flow_label(row: Record) -> str:
    return port_label(row["responder_port"], row["transport"], row["responder_service"])


FLOW_SHOWN: Final = (
    Shown("first_seen", "first seen (UTC)", _it("first_seen"), "time", width=168, keep=5),
    Shown("_initiator", "initiator", _initiator, sort="initiator_addr", width=150, grow=2, keep=1),
    Shown("responder_addr", "responder", _it("responder_addr"), width=120, grow=1),
    Shown("_port", "port", _flow_label, sort="responder_port", width=130, grow=1),
    Shown("responder_status", "status", _it("responder_status"), "code", "choice", width=112, keep=3),
    Shown("observed", "payload", _it("observed"), width=90, keep=4),
    Shown("agreement", "agreement", _it("agreement"), "code", "choice", width=130, keep=6),
    Shown("outcome", "outcome", _it("outcome"), "code", "choice", width=112, keep=7),
    Shown(
        "_packets",
        "packets",
        lambda row: row["initiator_packets"] + row["responder_packets"],
        "count",
        "least",
        width=84,
        keep=8,
    ),
    Shown(
        "_bytes",
        "bytes",
        lambda row: row["initiator_bytes"] + row["responder_bytes"],
        "size",
        "least",
        width=84,
        keep=2,
    ),
)


def _left_out(rows: int, total: int, which: str, where: str) -> str:
    if rows == total:
        return ""
    return f"This page holds {human.count(rows)} of {human.count(total)} rows: {which}. All of them: {where}"


def _of_records(
    key: str,
    title: str,
    records: Records,
    shown: tuple[Shown, ...],
    which: str,
    label: str,
) -> PageTable:
    rows, columns = records[:MOST_ROWS], records.columns
    names = {column.name for column in columns}
    return PageTable(
        key,
        title,
        len(records),
        _left_out(len(rows), len(records), which, f"annotate CAPTURE --rows {key} -o {key}.csv"),
        columns,
        shown,
        {column.name: pack([row[column.name] for row in rows]) for column in columns},
        {part.field: pack([part.value(row) for row in rows]) for part in shown if part.field not in names},
        [[part.text(row) for part in shown] for row in rows[:PRINTED_ROWS]],
        len(rows),
        label,
    )


def _of_flows(report: Report) -> PageTable:
    from annotator.report.flow_rows import Form

    flow_rows = report.flow_rows
    chosen = flow_rows.foremost(MOST_ROWS)
    batch = flow_rows.take(chosen, Form.TEXT)
    values = {column.name: pack_array(batch.column(column.name)) for column in flow_rows.columns}
    records = batch.to_pylist()
    protocols = flow_rows.protocols(chosen)
    filters = [
        flow_filter(
            row["transport"],
            protocol,
            row["initiator_addr"],
            row["initiator_port"],
            row["responder_addr"],
            row["responder_port"],
        )
        for row, protocol in zip(records, protocols, strict=True)
    ]
    names = {column.name for column in flow_rows.columns}
    shows = {part.field: pack([part.value(row) for row in records]) for part in FLOW_SHOWN if part.field not in names}
    return PageTable(
        "flows",
        "Flows",
        len(flow_rows),
        _left_out(
            len(records),
            len(flow_rows),
            "those on unknown ports and those that disagree come first, then those with the most bytes",
            "annotate CAPTURE -o flows.csv (or .parquet)",
        ),
        flow_rows.columns,
        FLOW_SHOWN,
        values,
        {**shows, "wireshark_filter": pack(filters)},
        [[part.text(row) for part in FLOW_SHOWN] for row in records[:PRINTED_ROWS]],
        len(records),
        "_initiator responder_addr _port",
    )


def page_tables(report: Report, flows: bool) -> Iterator[PageTable]:
    """Make the tables one after the other; `flows` adds the flow rows."""
    endpoint_label = "responder_addr _port"
    if report.shows("unknown"):
        rows: Records = report.unknown_ports
        yield _of_records("unknown", "Unknown ports", rows, UNKNOWN_SHOWN, "the gravest", endpoint_label)
    if report.shows("disagreements"):
        rows = report.disagreements
        title = "Disagreements"
        yield _of_records("disagreements", title, rows, DISAGREEMENT_SHOWN, "the gravest", endpoint_label)
    rows = report.services
    yield _of_records("services", "Services", rows, SERVICE_SHOWN, "those with the most bytes", "_port")
    if flows:
        yield _of_flows(report)
