"""OCSF events, held against the published attributes, and the flow rows found again in them."""

import csv
import json
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from annotator.model import NO_TIME, DirectionBasis, Grade, Outcome, Scope
from annotator.registry import NOTICE
from annotator.report.columns import FLOW, Kind
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, shows, wrap

PUBLISHED = {
    row["attribute"]: row
    for row in csv.DictReader((Path(__file__).parent / "published" / "ocsf.csv").read_text().splitlines())
}


def events(report: Report) -> list[dict[str, Any]]:
    return [json.loads(line) for line in report.render("ocsf").splitlines()]


def attributes(event: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Give an event's values, objects too, by dotted name; what is unmapped is left out."""
    found: dict[str, Any] = {}
    for name, value in event.items():
        found[before + name] = value
        if isinstance(value, dict) and name != "unmapped":
            found |= attributes(value, f"{before}{name}.")
    return found


def is_valid(kind: str, value: Any) -> bool:
    """Say whether a value is one of a published type."""
    match kind:
        case "object":
            return isinstance(value, dict) and bool(value)
        case "integer":
            return type(value) is int and abs(value) < 2**31
        case "long":
            return type(value) is int and abs(value) < 2**63
        case "timestamp":
            return type(value) is int and 0 <= value < 10**14
        case "datetime":
            return bool(datetime.fromisoformat(value[:26] + "+00:00")) and value.endswith("Z")
        case "port":
            return type(value) is int and 0 <= value < 65536
        case "ip":
            return bool(ip_address(value))
        case "boolean":
            return isinstance(value, bool)
        case "strings":
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        case _:
            return kind == "string" and isinstance(value, str) and value != ""


@pytest.fixture(scope="module")
def report() -> Report:
    """A report on random flows, with every transport, outcome and scope among them."""
    return Report(wrap(random_flows(1500)))


def test_every_attribute_is_a_published_one(report: Report) -> None:
    """Each is of its type and values, what is required is there, and the uids belong together."""
    for event in events(report):
        found = attributes(event)
        for name, value in found.items():
            published = PUBLISHED[name]
            assert is_valid(published["type"], value), (name, value)
            assert not published["values"] or str(value) in published["values"].split(), (name, value)
        for name, published in PUBLISHED.items():
            parent = name.rpartition(".")[0]
            assert name in found or not published["required"] or (parent and parent not in found), name
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        assert event["traffic"]["bytes"] == event["traffic"]["bytes_in"] + event["traffic"]["bytes_out"]


def test_the_flow_row_is_all_there(report: Report) -> None:
    """Each value of the DataFrame is in its attribute or among the unmapped, none is lost or changed."""
    homes = {
        "first_seen": ("start_time_dt",),
        "last_seen": ("end_time_dt",),
        "initiator_addr": ("src_endpoint", "ip"),
        "initiator_port": ("src_endpoint", "port"),
        "responder_addr": ("dst_endpoint", "ip"),
        "responder_port": ("dst_endpoint", "port"),
        "initiator_packets": ("traffic", "packets_out"),
        "responder_packets": ("traffic", "packets_in"),
        "initiator_bytes": ("traffic", "bytes_out"),
        "responder_bytes": ("traffic", "bytes_in"),
        "community_id": ("connection_info", "community_uid"),
    }
    made = events(report)
    assert len(made) == len(report.flows)
    for column in FLOW:
        theirs: list[Any] = []
        for event in made:
            value: Any = event
            for name in homes.get(column.name, ("unmapped", "annotator", column.name)):
                value = value.get(name)
            theirs.append(value and pd.Timestamp(value) if column.kind is Kind.TIME else value)
        assert theirs == [None if pd.isna(value) else value for value in report.flows[column.name]], column.name


def test_the_application_is_what_was_confirmed() -> None:
    """app_name is neither the port's assignment nor a guess, and no endpoint has a service's name."""
    rows = [flow(**shows("ssh")), flow(**shows("http", Grade.SPECULATIVE)), flow(port=22)]
    made = events(Report(make_analysis(rows)))
    assert [event.get("app_name") for event in made] == ["ssh", None, None]
    assert not any("svc_name" in event["dst_endpoint"] for event in made)
    assert made[2]["unmapped"]["annotator"]["responder_service"] == "ssh"


@pytest.mark.parametrize(
    ("outcome", "activity", "status"),
    [
        (Outcome.ESTABLISHED, "Traffic", "Success"),
        (Outcome.REFUSED, "Refuse", "Failure"),
        (Outcome.PROHIBITED, "Fail", "Failure"),
        (Outcome.NO_ANSWER, "Fail", "Failure"),
        (Outcome.MIDSTREAM, "Traffic", "Unknown"),
    ],
)
def test_outcomes_are_activities(outcome: Outcome, activity: str, status: str) -> None:
    """What became of a flow is said in OCSF's words."""
    (event,) = events(Report(make_analysis([flow(outcome=outcome)])))
    assert (event["activity_name"], event["status"]) == (activity, status)


def test_directions_and_certainty() -> None:
    """Inbound, outbound, lateral and outside; whether the ends are known; the IP version."""
    rows = [
        flow(initiator_scope=Scope.REMOTE),
        flow(responder_scope=Scope.REMOTE),
        flow(direction_basis=DirectionBasis.FIRST_PACKET),
        flow("2001:db8::1", "2001:db8::2", initiator_scope=Scope.REMOTE, responder_scope=Scope.REMOTE),
    ]
    made = events(Report(make_analysis(rows)))
    said = [(event["connection_info"]["direction_id"], event["connection_info"]["direction"]) for event in made]
    assert said == [(1, "Inbound"), (2, "Outbound"), (3, "Lateral"), (99, "External")]
    assert [event["is_src_dst_assignment_known"] for event in made] == [True, True, False, True]
    assert [event["connection_info"]["protocol_ver_id"] for event in made] == [4, 4, 4, 6]


def test_a_flow_without_time_is_at_zero() -> None:
    """The schema wants a time; nothing else is made up. Each event carries notice and registry."""
    (event,) = events(Report(make_analysis([flow(first_ns=NO_TIME, last_ns=NO_TIME)])))
    assert event["time"] == 0
    assert not {"time_dt", "start_time", "start_time_dt", "end_time", "end_time_dt", "duration"} & set(event)
    assert event["unmapped"]["annotator"]["caveat"] == NOTICE
