"""What the page says, as plain values: the template sets them, and escapes every text."""

from collections.abc import Iterator
from typing import Any, Final

from annotator.report import human
from annotator.report.brief import (
    closing,
    contact,
    contradiction,
    evidence,
    no_unknown_ports,
    peers,
    port_label,
    scan,
    standing,
    words,
)
from annotator.report.html import charts
from annotator.report.html.assets import ICON, LIBRARIES, policy, scripts, styles
from annotator.report.html.tables import PageTable
from annotator.report.provenance import accounting_words
from annotator.report.records import Record
from annotator.report.report import Report

FIRST_FINDINGS: Final = 5
"""Findings that stand above the tables, written out."""

SCANS_SHOWN: Final = 200
CAPTURES_SHOWN: Final = 200
ISSUES_SHOWN: Final = 500

_RANKS: Final = {"high": 0, "medium": 1, "low": 2, "info": 3}
MARKS: Final = {"high": "!!", "medium": "!", "low": "·", "info": "i"}
"""Signs beside the severity's word, as on the terminal: colour carries no meaning alone."""

_NO_TIME: Final = "no time"


def context(report: Report, tables: list[PageTable]) -> dict[str, Any]:
    """Give everything that the template names but for the tables' data."""
    unknown, by_volume, line = report.unknown_ports, charts.unknown_by_volume(report), report.timeline
    return {
        "policy": policy(),
        "icon": ICON,
        "scripts": scripts(),
        "styles": styles(),
        "libraries": LIBRARIES,
        "tool": report.tool,
        "title": _title(report),
        "span": _span(report),
        "verdict": list(_verdict(report)),
        "figures": list(_figures(report)),
        "quality": report.quality,
        "complete": report.complete,
        "notice": [part for part in report.caveat.split("\n") if part],
        "closing": closing(report).removesuffix(" An assigned port says nothing about what runs on it:"),
        "findings": _findings(report),
        "more_findings": max(unknown.in_use + len(report.disagreements) - FIRST_FINDINGS, 0),
        "no_unknown": "" if unknown or report.scans or not report.shows("unknown") else no_unknown_ports(report),
        "tried": len(unknown) - unknown.in_use,
        "breakdowns": charts.breakdowns(report),
        "by_volume": by_volume,
        "timeline": charts.draw_timeline(line) if line else None,
        "tables": tables,
        "scans": [
            {**row, "text": scan(row), "span": human.span(row["first_seen"], row["last_seen"])}
            for row in report.scans[:SCANS_SHOWN]
        ],
        "more_scans": max(len(report.scans) - SCANS_SHOWN, 0),
        "issues": report.issues[:ISSUES_SHOWN],
        "more_issues": max(len(report.issues) - ISSUES_SHOWN, 0),
        "captures": [
            {
                **capture,
                "accounting": accounting_words(capture),
                "size": human.size(capture["bytes"]),
                "span": human.span(capture["first_seen"], capture["last_seen"]),
            }
            for capture in report.captures[:CAPTURES_SHOWN]
        ],
        "more_captures": max(len(report.captures) - CAPTURES_SHOWN, 0),
        "registry": report.registry,
        "options": [(name, _setting(value)) for name, value in report.options.items()],
        "marks": MARKS,
    }


def _title(report: Report) -> str:
    names = [capture["name"] for capture in report.captures]
    if len(names) == 1:
        return str(names[0])
    return f"{human.counted(len(names), 'capture')}: {', '.join(names[:3])}{', …' if len(names) > 3 else ''}"


def _span(report: Report) -> str:
    ends = [(c["first_seen"], c["last_seen"]) for c in report.captures if c["first_seen"]]
    if not ends:
        return _NO_TIME
    return f"{human.span(min(first for first, _ in ends), max(last for _, last in ends))} UTC"


def _verdict(report: Report) -> Iterator[str]:
    """Sum the report up in a few sentences, for those who read no further."""
    unknown, contradictions = report.unknown_ports, len(report.disagreements)
    if not report.totals["flows"]:
        yield "The capture holds no flows: nothing can be said of any port."
        return
    if not report.shows("unknown"):
        pass  # narrowed away: it says nothing of them
    elif not unknown.answered:
        yield "Nothing answered on a port that nobody was assigned."
    else:
        ports = "a port" if unknown.answered == 1 else "ports"
        text = f"{human.counted(unknown.answered, 'endpoint')} answered on {ports} that nobody was assigned"
        high = sum(row["severity"] == "high" for row in unknown[: min(unknown.in_use, 1000)])
        yield f"{text}, {human.count(high)} of high severity." if high else f"{text}, none of high severity."
    if contradictions:
        verb = "contradicts" if contradictions == 1 else "contradict"
        yield f"The payload of {human.counted(contradictions, 'endpoint')} {verb} what the port is assigned to."
    if report.scans:
        verb = "was" if len(report.scans) == 1 else "were"
        yield f"{human.counted(len(report.scans), 'scan')} {verb} seen."


def _figures(report: Report) -> Iterator[tuple[str, str, str]]:
    """Give (title, number, note)."""
    totals, unknown = report.totals, report.unknown_ports
    parts = totals["by_status"]
    whole = sum(part["bytes"] for part in parts.values())
    packets = sum(capture["packets_read"] for capture in report.captures)
    yield "packets", human.count(packets), human.size(sum(capture["bytes"] for capture in report.captures))
    yield "flows", human.count(totals["flows"]), f"on {human.counted(len(report.services), 'port')}"
    yield "unknown ports in use", human.count(unknown.in_use), f"{human.share(unknown.bytes, whole)} of bytes"
    yield "disagreements", human.count(len(report.disagreements)), "payload against assignment"
    assigned = parts.get("assigned", {}).get("bytes", 0)
    yield "on assigned ports", human.share(assigned, whole), "of bytes; no proof of what they are"


def _findings(report: Report) -> list[Record]:
    """Give the gravest findings of both kinds, written out."""
    unknown = report.unknown_ports
    found = [(_RANKS[row["severity"]], 0, _unknown(row)) for row in unknown[: min(FIRST_FINDINGS, unknown.in_use)]]
    found += [(_RANKS[row["severity"]], 1, _disagreement(row)) for row in report.disagreements[:FIRST_FINDINGS]]
    found.sort(key=lambda item: item[:2])  # stable: each kind is ranked already
    return [finding for _, _, finding in found[:FIRST_FINDINGS]]


def _common(row: Record) -> Record:
    return {
        "severity": row["severity"],
        "address": row["responder_addr"],
        "reason": row["severity_reason"],
        "contact": contact(row),
        "peers": peers(row),
        "amount": f"{human.counted(row['flows'], 'flow')}, {human.size(row['bytes'])}",
        "span": f"{human.span(row['first_seen'], row['last_seen'])} UTC" if row["first_seen"] else _NO_TIME,
        "unauthorized": row["unauthorized_use"],
        "site": row["site"],
        "next": row["next_step"],
        "filter": row["wireshark_filter"],
    }


def _unknown(row: Record) -> Record:
    port = port_label(row["port"], row["transport"], None)
    return {**_common(row), "port": port, "standing": standing(row), "payload": evidence(row)}


def _disagreement(row: Record) -> Record:
    port = port_label(row["port"], row["transport"], row["service"])
    return {**_common(row), "port": port, "standing": words(row["status"]), "payload": contradiction(row)}


def _setting(value: object) -> str:
    match value:
        case None | "" | []:
            return "–"  # noqa: RUF001 (an en dash for what is not set)
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(f"{name} {number}" for name, number in value.items())
    return str(value)
