"""ECS events, held against the published fields, and the flow rows found again in them."""

import csv
import json
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from annotator.model import ICMP6, NO_TIME, UDP, DirectionBasis, Grade, Outcome, Scope
from annotator.registry import NOTICE
from annotator.report.columns import FLOW, Kind
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, shows, wrap

PUBLISHED = {
    row["field"]: row
    for row in csv.DictReader((Path(__file__).parent / "published" / "ecs.csv").read_text().splitlines())
}
OWN = "annotator"
"""The namespace of what ECS has no field for."""


def events(report: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for line in report.render("ecs").splitlines()]


def fields(event: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Give an event's values by dotted name."""
    found: dict[str, Any] = {}
    for name, value in event.items():
        found |= fields(value, f"{before}{name}.") if isinstance(value, dict) else {before + name: value}
    return found


def is_valid(kind: str, value: Any) -> bool:
    """Say whether a value is one of a published type."""
    match kind:
        case "date":
            return bool(datetime.fromisoformat(value[:26] + "+00:00")) and value.endswith("Z")
        case "ip":
            return bool(ip_address(value))
        case "long":
            return type(value) is int and -(2**63) <= value < 2**63
        case _:
            return kind == "keyword" and isinstance(value, str) and value != ""


@pytest.fixture(scope="module")
def report() -> Report:
    """A report on random flows, with every transport, outcome and scope among them."""
    return Report(wrap(random_flows(1500)))


def test_every_field_is_a_published_one(report: Report) -> None:
    """Outside our own namespace each member is a field of ECS, of its type, array and values."""
    used = set()
    for event in events(report):
        for name, value in fields(event).items():
            if name.startswith(f"{OWN}."):
                continue
            used.add(name)
            published = PUBLISHED[name]
            assert isinstance(value, list) == bool(published["array"]), name
            for each in value if isinstance(value, list) else [value]:
                assert is_valid(published["type"], each), (name, each)
                assert not published["values"] or each in published["values"].split(), (name, each)
    assert {"@timestamp", "ecs.version", "event.kind", "event.category", "network.inner.vlan.id", "client.ip"} <= used


def test_the_flow_row_is_all_there(report: Report) -> None:
    """Each value of the DataFrame is in its ECS field or under our own name, none is lost or changed."""
    homes = {
        "first_seen": "event.start",
        "last_seen": "event.end",
        "initiator_addr": "source.ip",
        "initiator_port": "source.port",
        "responder_addr": "destination.ip",
        "responder_port": "destination.port",
        "initiator_packets": "source.packets",
        "responder_packets": "destination.packets",
        "initiator_bytes": "source.bytes",
        "responder_bytes": "destination.bytes",
        "community_id": "network.community_id",
    }
    made = [fields(event) for event in events(report)]
    assert len(made) == len(report.flows)
    for column in FLOW:
        theirs = [event.get(homes.get(column.name, f"{OWN}.{column.name}")) for event in made]
        ours = [None if pd.isna(value) else value for value in report.flows[column.name]]
        if column.kind is Kind.TIME:
            theirs = [value and pd.Timestamp(value) for value in theirs]
        assert theirs == ours, column.name


def test_the_protocol_is_what_was_confirmed() -> None:
    """network.protocol is neither the port's assignment nor a guess by a signature."""
    rows = [flow(**shows("ssh")), flow(**shows("http", Grade.SPECULATIVE)), flow(), flow(port=22)]
    made = events(Report(make_analysis(rows)))
    assert [event["network"].get("protocol") for event in made] == ["ssh", None, None, None]
    assert made[3][OWN]["responder_service"] == "ssh"
    assert not any("service" in name for event in made for name in fields(event) if not name.startswith(OWN))


def test_what_a_flow_says_is_said_in_their_words() -> None:
    """Outcome, end, direction, transport, client and server, VLANs."""
    rows = [
        flow("203.0.113.9", initiator_scope=Scope.REMOTE, vlan=2 | 7 << 4 | 9 << 16),
        flow(outcome=Outcome.REFUSED, end=4),
        flow(proto=UDP, outcome=Outcome.MIDSTREAM, direction_basis=DirectionBasis.FIRST_PACKET),
        flow("2001:db8::1", "2001:db8::2", proto=ICMP6, initiator_scope=Scope.REMOTE, responder_scope=Scope.REMOTE),
    ]
    one, two, three, four = events(Report(make_analysis(rows)))
    assert (one["event"]["outcome"], one["event"]["type"]) == ("success", ["connection", "end"])
    assert (one["network"]["direction"], one["network"]["type"]) == ("inbound", "ipv4")
    assert one["network"]["vlan"] == {"id": "7"}
    assert one["network"]["inner"] == {"vlan": {"id": "9"}}
    assert one["event"]["duration"] == 1_500_000_001
    assert one["client"]["ip"] == "203.0.113.9"
    assert (two["event"]["outcome"], two["event"]["type"]) == ("failure", ["connection"])
    assert three["event"]["outcome"] == "unknown"
    assert "client" not in three
    assert "server" not in three
    assert (four["network"]["transport"], four["network"]["iana_number"]) == ("ipv6-icmp", "58")
    assert four["network"]["direction"] == "external"
    assert "port" not in four["source"]


def test_a_flow_without_time_has_no_timestamp() -> None:
    """What no packet said is not made up; each event carries notice and registry."""
    report = Report(make_analysis([flow(first_ns=NO_TIME, last_ns=NO_TIME)]))
    (event,) = events(report)
    assert "@timestamp" not in event
    assert not {"start", "end", "duration"} & set(event["event"])
    assert event[OWN]["caveat"] == NOTICE
    assert report.registry["updated"] in event[OWN]["registry"]
