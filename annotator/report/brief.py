"""Lines that the documents share: a flow, a port, a scan, the closing sentences."""

from collections.abc import Iterator
from typing import Final, NamedTuple

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
    detail = row["status_detail"] or ""
    if not detail and row["port_range"] and "-" in row["port_range"]:
        detail = row["port_range"]
    names = [name.split("/")[0] for name in row["assigned_elsewhere"]]
    if any(names):  # the last of the details says on which transports
        detail += f": {', '.join(dict.fromkeys(filter(None, names)))}"
    status = f"{words(row['range_class'])}, {words(row['status'])}"
    return f"{status} ({words(detail)})" if detail else status


_SHAKING_HANDS: Final = ("tcp", "sctp", "dccp")


def contact(row: Record) -> str:
    """Say how far a row's flows got: ``handshake completed in all 7 flows``, ``only attempted: 3 refused``."""
    outcome, flows = row["outcome"], row["flows"]
    accepted = outcome.get("established", 0)
    shakes = row["transport"] in _SHAKING_HANDS
    done, deed = (row["handshakes"], "handshake completed") if shakes else (accepted, "answered")
    if done == flows:
        all_of_them = "both" if flows == 2 else f"all {human.count(flows)}"
        return deed if flows == 1 else f"{deed} in {all_of_them} flows"
    if done:
        return f"{deed} in {human.count(done)} of {human.count(flows)} flows"
    if accepted:
        return "handshake accepted, but never completed"
    rest = ", ".join(f"{human.count(number)} {words(word)}" for word, number in outcome.items())
    if set(outcome) & {"midstream", "one_sided"}:
        return f"no handshake seen: {rest}" if row["transport"] in _SHAKING_HANDS else f"no answer seen: {rest}"
    return f"only attempted: {rest}"


def evidence(row: Record) -> str:
    """Say what the payload showed, and how surely: ``ssh confirmed: banner SSH-2.0-OpenSSH_9.2``."""
    if not row["observed"]:
        return "nothing observed"
    shown = " ".join(filter(None, (row["observed_basis"], row["observed_label"])))
    return f"{human.listed(list(row['observed']))} {row['observed_grade']}: {shown}"


def named(row: Record) -> str:
    """Say what the responder is called and where it is, where that was asked for: ``name: db.example.org (sni)``."""
    name, place = row.get("responder_name"), [row.get("responder_country"), row.get("responder_asn")]
    parts = [f"name: {name} ({row['responder_name_basis']})"] if name else []
    return "; ".join([*parts, *([f"in {', '.join(filter(None, place))}"] if any(place) else [])])


RESPONDERS_NAMED: Final = 3
"""Names, countries and networks that a line on a service gives."""


def named_responders(row: Record) -> str:
    """Say what a service's responders are called and where they are: ``db.example.org, www.example.org; in NL, SE``."""
    names, countries, networks = (row.get(f"responder_{what}") or [] for what in ("name", "country", "asn"))

    def first(said: list[str]) -> str:
        return ", ".join([*said[:RESPONDERS_NAMED], *(["…"] if len(said) > RESPONDERS_NAMED else [])])

    places = "; ".join(filter(None, map(first, (countries, networks))))
    return "; ".join(filter(None, (first(names), places and f"in {places}")))


def observed_tally(row: Record) -> str:
    """Count what was observed, and what was not: ``tls 212, none 3``; nothing at all is no text."""
    observed = row["observed"]
    rest = row["flows"] - sum(observed.values())
    parts = [f"{protocol} {human.count(number)}" for protocol, number in observed.items()]
    return ", ".join([*parts, f"none {human.count(rest)}"] if parts and rest else parts)


def contradiction(row: Record) -> str:
    """Say what was expected and what is there: ``expects tls, the payload is ssh (confirmed: banner)``."""
    seen = human.listed(list(row["observed"]))
    label = f" {row['observed_label']}" if row["observed_label"] else ""
    expected = human.listed(row["expected"], "or")
    return f"expects {expected}, the payload is {seen} ({row['observed_grade']}: {row['observed_basis']}{label})"


PEERS_NAMED: Final = 3
"""Peers that a line names."""


def peers(row: Record) -> str:
    """Count a row's peers, and name the first: ``2 peers, 1 of them inbound: 10.0.4.5, 203.0.113.9``."""
    number, inbound = row["peer_count"], row["inbound_peers"]
    text = human.counted(number, "peer")
    if inbound:
        text += ", inbound" if inbound == number else f", {human.count(inbound)} of them inbound"
    more = ", …" if number > PEERS_NAMED else ""
    return f"{text}: {', '.join(row['peers'][:PEERS_NAMED])}{more}"


def no_unknown_ports(report: Report) -> str:
    """Say why there is nothing on unknown ports: a capture without flows shows nothing of any port."""
    by_range_class = report.totals["by_range_class"]
    if not by_range_class:
        return "none: the capture holds no flows"
    if set(by_range_class) == {"none"}:
        return "none: no flow has a port"
    return "none: all ports in use are assigned, or announced by another flow"


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
