"""The report as Markdown (GitHub's tables): the same parts in the same order as in the terminal, all text escaped."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from annotator.report import human
from annotator.report.brief import (
    BRIEF_FLOW_TITLES,
    brief_flows,
    closing,
    contact,
    contradiction,
    evidence,
    named,
    named_responders,
    no_unknown_ports,
    observed_tally,
    peers,
    port_label,
    scan,
    standing,
    words,
)
from annotator.report.provenance import accounting_words, registry_words
from annotator.report.records import Record
from annotator.report.report import Report
from annotator.report.sanitize import markdown as esc

ROWS_SHOWN: Final = 100
"""Rows of a table; a document is for reading, and says where the rest is."""

Told: TypeAlias = dict[str, Callable[[Record], str]]
"""Columns that only some reports have, by their titles: what each says of a row, empty where that is nothing."""

_TOLD: Final[Told] = {
    "site": lambda row: row["site"] or "",
    "name and place": lambda row: named(row).removeprefix("name: "),
}
"""Of a responder."""
_TOLD_OF_SERVICES: Final[Told] = {"site": _TOLD["site"], "names and places": named_responders}


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes; `flows` adds a table of all flows."""
    del rows  # a document holds every table
    for part in (_head, _unknown, _disagreements, _services, _breakdowns, _issues):
        yield from (f"{line}\n".encode() for line in part(report))
    if flows:
        yield b"\n## Flows\n\n"
        table = _table(list(BRIEF_FLOW_TITLES), (list(flow) for flow in brief_flows(report)))
        yield from (f"{line}\n".encode() for line in table)
    yield from (f"{line}\n".encode() for line in _foot(report))


def _table(titles: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{'---|' * len(titles)}"
    for row in rows:
        yield f"| {' | '.join(esc(cell) for cell in row)} |"


def _told(rows: list[Record], columns: Told) -> Told:
    """Give those of the columns that say something of any of the rows."""
    return {title: say for title, say in columns.items() if any(map(say, rows))}


def _rest(total: int, shown: int) -> Iterator[str]:
    if total > shown:
        yield ""
        yield f"{human.count(total - shown)} more are in the JSON report."


def _head(report: Report) -> Iterator[str]:
    yield "# What is on the ports"
    yield ""
    for capture in report.captures:
        span = human.span(capture["first_seen"], capture["last_seen"])
        yield (
            f"- **{esc(capture['name'])}**: {esc(span)} UTC, {human.counted(capture['packets_read'], 'packet')}, "
            f"{human.size(capture['bytes'])}; {esc(accounting_words(capture))}"
        )
    yield f"- {human.counted(report.totals['flows'], 'flow')}, {esc(registry_words(report))}"
    if report.quality:
        yield ""
        yield "**Before you rely on it:**"
        yield ""
        yield from (f"- {esc(line)}" for line in report.quality)


def _unknown(report: Report) -> Iterator[str]:
    if not report.shows("unknown"):
        return
    unknown = report.unknown_ports
    yield ""
    yield "## Unknown ports"
    yield ""
    if not unknown and not report.scans:
        yield esc(no_unknown_ports(report).capitalize()) + "."
        return
    yield f"{human.counted(unknown.answered, 'endpoint')} answered."
    shown = unknown[: min(ROWS_SHOWN, unknown.in_use)]
    if shown:
        told = _told(shown, _TOLD)
        yield ""
        yield from _table(
            [
                *("severity", "responder", *told, "port", "registry", "payload", "why", "contact", "peers", "flows"),
                *("bytes", "time (UTC)", "next", "Wireshark filter"),
            ],
            (
                [
                    row["severity"],
                    row["responder_addr"],
                    *(say(row) for say in told.values()),
                    port_label(row["port"], row["transport"], None),
                    standing(row),
                    evidence(row),
                    _why(row),
                    contact(row),
                    peers(row),
                    human.count(row["flows"]),
                    human.size(row["bytes"]),
                    human.span(row["first_seen"], row["last_seen"]),
                    row["next_step"],
                    row["wireshark_filter"],
                ]
                for row in shown
            ),
        )
        yield from _rest(unknown.in_use, len(shown))
    if report.scans:
        yield ""
        yield from (f"- Scan: {esc(scan(row))}" for row in report.scans[:ROWS_SHOWN])
        yield from _rest(len(report.scans), ROWS_SHOWN)
    tried = len(unknown) - unknown.in_use
    if tried:
        yield ""
        yield f"{human.counted(tried, 'endpoint')} {'was' if tried == 1 else 'were'} tried in vain."


def _why(row: Record) -> str:
    """Give the reasons of a finding: of its severity, of an ephemeral port, and what IANA was told."""
    reasons = [row["severity_reason"]]
    if row["likely_ephemeral"]:
        reasons.append(f"likely ephemeral: {row['likely_ephemeral_reason']}")
    if row["unauthorized_use"]:
        reasons.append(f"reported to IANA: {row['unauthorized_use']}")
    return "; ".join(reasons)


def _disagreements(report: Report) -> Iterator[str]:
    rows = report.disagreements
    if not rows:
        return
    yield ""
    yield "## Disagreements"
    yield ""
    shown = rows[:ROWS_SHOWN]
    told = _told(shown, _TOLD)
    yield from _table(
        [
            *("severity", "responder", *told, "port", "contradiction", "why", "peers", "flows", "bytes"),
            *("next", "Wireshark filter"),
        ],
        (
            [
                row["severity"],
                row["responder_addr"],
                *(say(row) for say in told.values()),
                port_label(row["port"], row["transport"], row["service"]),
                contradiction(row),
                row["severity_reason"],
                peers(row),
                human.count(row["flows"]),
                human.size(row["bytes"]),
                row["next_step"],
                row["wireshark_filter"],
            ]
            for row in shown
        ),
    )
    yield from _rest(len(rows), len(shown))


def _services(report: Report) -> Iterator[str]:
    services = report.services
    shown = services[: min(ROWS_SHOWN, services.answered)]
    if not shown:
        return
    yield ""
    yield "## Services"
    yield ""
    told = _told(shown, _TOLD_OF_SERVICES)
    yield from _table(
        [
            *("port", *told, "range class", "status", "payload", "agreement", "initiators", "responders", "flows"),
            *("bytes", "Wireshark filter"),
        ],
        (
            [
                port_label(row["port"], row["transport"], row["service"]),
                *(say(row) for say in told.values()),
                words(row["range_class"]) if row["port"] is not None else "",
                words(row["status"]) if row["port"] is not None else "",
                observed_tally(row),
                ", ".join(f"{words(word)} {human.count(number)}" for word, number in row["agreement"].items()),
                human.count(row["initiators"]),
                human.count(row["responders"]),
                human.count(row["flows"]),
                human.size(row["bytes"]),
                row["wireshark_filter"],
            ]
            for row in shown
        ),
    )
    yield from _rest(services.answered, len(shown))
    if len(services) > services.answered:
        yield ""
        yield f"{human.counted(len(services) - services.answered, 'more port')} tried in vain."


def _breakdowns(report: Report) -> Iterator[str]:
    yield ""
    yield "## Totals"
    yield ""
    rows = []
    for name in ("range class", "status", "agreement", "outcome"):
        parts = report.totals[f"by_{name.replace(' ', '_')}"]
        whole = sum(part["bytes"] for part in parts.values())
        rows += [
            [
                name,
                words(word),
                human.count(part["flows"]),
                human.size(part["bytes"]),
                human.share(part["bytes"], whole),
            ]
            for word, part in parts.items()
        ]
    yield from _table(["by", "", "flows", "bytes", "share of bytes"], rows)


def _issues(report: Report) -> Iterator[str]:
    if not report.issues:
        return
    yield ""
    yield "## Issues"
    yield ""
    yield from _table(
        ["issue", "layer", "capture", "count", "first frame", "detail"],
        (
            [
                issue["name"],
                issue["layer"],
                issue["capture"],
                human.count(issue["count"]),
                human.count(issue["first_frame"]) if issue["first_frame"] else "",
                issue["detail"],
            ]
            for issue in report.issues
        ),
    )


def _foot(report: Report) -> Iterator[str]:
    yield ""
    yield esc(closing(report))
    yield ""
    yield from (f"> {line}".rstrip() for line in report.caveat.split("\n"))
