"""Lines that the documents share: a flow, a port, a scan, the closing sentences."""

from collections.abc import Iterator
from typing import NamedTuple

from annotator.report import human
from annotator.report.records import Record
from annotator.report.report import Report


class BriefFlow(NamedTuple):
    """A flow row as a document shows it."""

    time: str
    initiator: str
    responder: str
    port: str
    status: str
    outcome: str
    packets: str
    size: str
    agreement: str


BRIEF_FLOW_TITLES = BriefFlow(
    "first seen", "initiator", "responder", "port", "status", "outcome", "packets", "bytes", "agreement"
)

_BRIEF_COLUMNS = [
    *("first_seen", "initiator_addr", "initiator_port", "responder_addr", "responder_port", "transport"),
    *("responder_service", "responder_status", "outcome", "agreement"),
    *("initiator_packets", "responder_packets", "initiator_bytes", "responder_bytes"),
]


def brief_flows(report: Report) -> Iterator[BriefFlow]:
    """Give every flow row in brief."""
    from annotator.report.flow_rows import Form

    for batch in report.flow_rows.batches(Form.TEXT):
        for row in batch.select(_BRIEF_COLUMNS).to_pylist():
            yield BriefFlow(
                time=(row["first_seen"] or "no time")[:23].replace("T", " "),
                initiator=endpoint(row["initiator_addr"], row["initiator_port"]),
                responder=row["responder_addr"],
                port=port_label(row["responder_port"], row["transport"], row["responder_service"]),
                status=words(row["responder_status"]),
                outcome=words(row["outcome"]),
                packets=f"{human.count(row['initiator_packets'])} + {human.count(row['responder_packets'])}",
                size=human.size(row["initiator_bytes"] + row["responder_bytes"]),
                agreement=words(row["agreement"]),
            )


def endpoint(address: str, port: int | None) -> str:
    """Write address and port; an IPv6 address in brackets (RFC 5952 section 6)."""
    if port is None:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def port_label(port: int | None, transport: str, service: str | None, width: int = 0) -> str:
    """Write number/transport with the name beside it, never instead of it: ``443/tcp (https)``.

    Numbers are right-aligned in `width` characters.
    """
    number = f"{'':>{width}} {transport}" if port is None else f"{port:>{width}}/{transport}"
    number = number if width else number.strip()
    return f"{number} ({service})" if service else number


def words(code: str) -> str:
    """Write a code word for reading: ``not_listed`` as ``not listed``."""
    return code.replace("_", " ")


def standing(row: Record) -> str:
    """Say what the registry says of a row's port: ``user, unassigned (7203-7214)``."""
    if row["status"] == "dynamic":
        return "dynamic, never assigned"
    detail = row["status_detail"]
    if not detail and row["port_range"] and "-" in row["port_range"]:
        detail = row["port_range"]
    status = f"{words(row['range_class'])}, {words(row['status'])}"
    return f"{status} ({words(detail)})" if detail else status


def peers(row: Record) -> str:
    """Count a row's peers: ``4 peers, 2 of them inbound``, ``1 peer: 10.0.4.5``."""
    number, inbound = row["peer_count"], row["inbound_peers"]
    text = human.counted(number, "peer")
    if inbound:
        text += ", inbound" if inbound == number else f", {human.count(inbound)} of them inbound"
    return f"{text}: {row['peers'][0]}" if number == 1 else text


def scan(row: Record) -> str:
    """Tell a scan in one line: ``203.0.113.9 tried 1,024 tcp ports of 10.0.4.17, 3 answered``."""
    transport = row["transport"]
    if row["responder_addr"] is not None:
        target = f"{human.count(row['ports'])} {transport} ports of {row['responder_addr']}"
    elif row["port"] is not None:
        target = f"{row['port']}/{transport} on {human.count(row['hosts'])} hosts"
    else:
        target = f"{human.count(row['ports'])} {transport} ports on {human.count(row['hosts'])} hosts"
    answered = human.count(row["answered"]) if row["answered"] else "none"
    return f"{row['initiator_addr']} tried {target}, {answered} answered"


def closing(report: Report) -> str:
    """Say how far the assignments go, before the notice says what they are worth."""
    by_status, by_agreement = report.totals["by_status"], report.totals["by_agreement"]
    whole = sum(part["bytes"] for part in by_status.values())

    def share(breakdown: dict[str, dict[str, int]], word: str) -> str:
        return human.share(breakdown.get(word, {}).get("bytes", 0), whole)

    first = f"{share(by_status, 'assigned')} of bytes are on assigned ports."
    if "matches" in by_agreement or "differs" in by_agreement:
        second = (
            f"The payload bears the assignment out for {share(by_agreement, 'matches')}, contradicts it for "
            f"{share(by_agreement, 'differs')}; for the rest nothing was observed that could be compared."
        )
    else:
        second = "No payload was recognised: nothing here shows what really ran on a port."
    return f"{first} {second} An assigned port says nothing about what runs on it:"
