"""Flow rows say what the codes mean."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from annotator.model import ICMP, NO_TIME, UDP, Agreement, Analysis, Grade, Outcome
from annotator.report.columns import FLOW, PANDAS
from annotator.report.facts import Facts
from annotator.report.flow_rows import FlowRows, Form
from tests.report.synthetic import Said, flow, make_analysis, random_flows, shows, wrap


def rows(analysis: Analysis, form: Form = Form.TEXT) -> list[dict[str, object]]:
    return [row for batch in FlowRows(Facts(analysis)).batches(form) for row in batch.to_pylist()]


def test_a_row_reads_as_the_flow_was() -> None:
    """Every column of a plain HTTPS flow, word for word."""
    (row,) = rows(
        make_analysis([flow(sport=40123, vlan=2 | 7 << 4 | 9 << 16, tcp_flags_initiator=0b11011, first_frame=42)])
    )
    assert row == {
        **dict.fromkeys([column.name for column in FLOW]),
        "first_seen": "2026-05-04T09:13:20.000000000Z",
        "last_seen": "2026-05-04T09:13:21.500000001Z",
        "duration_s": 1.500000001,
        "first_frame": 42,
        "transport": "tcp",
        "initiator_addr": "10.0.0.5",
        "initiator_port": 40123,
        "responder_addr": "10.0.0.9",
        "responder_port": 443,
        "direction_basis": "handshake",
        "outcome": "established",
        "end": "fin",
        "initiator_scope": "local",
        "responder_scope": "local",
        "initiator_packets": 4,
        "responder_packets": 3,
        "initiator_bytes": 400,
        "responder_bytes": 3000,
        "initiator_frame_bytes": 456,
        "responder_frame_bytes": 3042,
        "initiator_payload_bytes": 200,
        "responder_payload_bytes": 2840,
        "tcp_flags_initiator": "FSPA",
        "vlan": "7.9",
        "community_id": row["community_id"],
        "initiator_range_class": "user",
        "initiator_status": "unassigned",
        "responder_range_class": "system",
        "responder_status": "assigned",
        "responder_service": "https",
        "responder_service_names": "https",
        "observed_grade": "not_observed",
        "agreement": "not_observed",
        "agreement_reason": "payload was seen, but nothing recognised it",
        "unknown_port": False,
    }


def test_registry_columns_keep_every_name() -> None:
    """All names of a port stand beside the primary one, and a status that is none says why."""
    several, reserved = rows(make_analysis([flow(port=80), flow(port=8077)]))
    assert several["responder_service"] == "http"
    assert str(several["responder_service_names"]).split() == ["http", "www", "www-http"]
    assert (reserved["responder_status"], reserved["responder_status_detail"]) == (
        "reserved",
        "de-assigned 2024-01-05",
    )
    assert reserved["unknown_port"] is True


def test_what_has_no_ports_has_none() -> None:
    """ICMP has type and code instead of ports, no status, and nothing to compare."""
    (row,) = rows(make_analysis([flow(proto=ICMP)]))
    assert (row["initiator_port"], row["responder_port"], row["icmp_type"], row["icmp_code"]) == (None, None, 8, 0)
    assert (row["responder_range_class"], row["responder_status"]) == ("none", "none")
    assert (row["agreement"], row["observed_grade"]) == ("not_applicable", "not_applicable")
    assert row["tcp_flags_initiator"] is None


def test_packets_without_time_give_rows_without_time() -> None:
    """A Simple Packet Block has no time: neither has its flow, nor a duration."""
    (row,) = rows(make_analysis([flow(first_ns=NO_TIME, last_ns=NO_TIME)]))
    assert (row["first_seen"], row["last_seen"], row["duration_s"]) == (None, None, None)


def test_data_frame_has_the_documented_types() -> None:
    """Each column's dtype is the one that the README's table names."""
    frame = FlowRows(Facts(wrap(random_flows(500)))).data_frame()
    assert list(frame.columns) == [column.name for column in FLOW]
    for column in FLOW:
        expected = PANDAS[column.kind]
        dtype = str(frame[column.name].dtype)
        assert dtype == expected or (expected == "str" and dtype == "object" and pd.__version__ < "3"), column.name


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_data_frame_and_text_agree(count: int) -> None:
    """The DataFrame and the text form hold the same values, whatever the number of rows."""
    analysis = wrap(random_flows(count))
    frame = FlowRows(Facts(analysis)).data_frame()
    texts = rows(analysis)
    assert len(frame) == len(texts) == count
    for column in FLOW:
        typed = [None if pd.isna(value) else value for value in frame[column.name]]
        if column.kind == "time":
            typed = [f"{value:%Y-%m-%dT%H:%M:%S}.{value.value % 10**9:09d}Z" for value in typed]
        assert typed == [row[column.name] for row in texts], column.name


def test_batches_do_not_show_in_the_rows() -> None:
    """Rows are the same however many are made at a time."""
    made = FlowRows(Facts(wrap(random_flows(1000))))
    whole = pa.Table.from_batches(list(made.batches(Form.TEXT, 1000)))
    assert pa.Table.from_batches(list(made.batches(Form.TEXT, 7))).to_pylist() == whole.to_pylist()


def test_tunnels_are_named_from_the_analysis() -> None:
    """The tunnel column is the text of the flow's tunnel hash."""
    analysis = make_analysis([flow(tunnel=77), flow()], tunnels={77: "vxlan:42(10.0.0.1<>10.0.0.2)"})
    assert [row["tunnel"] for row in rows(analysis)] == ["vxlan:42(10.0.0.1<>10.0.0.2)", None]


def test_ipv6_rows_are_written_canonically() -> None:
    """IPv6 addresses are those of RFC 5952, whatever else is in the capture."""
    analysis = make_analysis([flow("2001:db8:0:0::1", "fe80::2", proto=UDP), flow()])
    assert rows(analysis)[0]["initiator_addr"] == "2001:db8::1"


def test_observations_stand_beside_the_assignment() -> None:
    """Protocol, grade, basis and label of the payload are columns of their own, and decide the agreement."""
    analysis = make_analysis(
        [
            flow(port=443, **shows("tls")),
            flow(port=443, **shows("ssh")),
            flow(port=443, **shows("imap+tls", Grade.SPECULATIVE)),
        ],
        findings=Said(3, {0: "files.example.org", 1: "SSH-2.0-x\x1b[31m"}),
    )
    names = ("observed", "observed_grade", "observed_basis", "observed_label", "agreement")
    assert [tuple(row[name] for name in names) for row in rows(analysis)] == [
        ("tls", "confirmed", "ClientHello", "files.example.org", "matches"),
        ("ssh", "confirmed", "banner", "SSH-2.0-x\\x1b[31m", "differs"),
        ("imap+tls", "speculative", "tagged command", None, "not_observed"),
    ]
    assert rows(analysis)[1]["responder_service"] == "https"


def test_related_flows_are_named_by_community_id() -> None:
    """A flow that another announced carries that one's Community ID."""
    announcing, announced = rows(make_analysis([flow(port=21), flow(port=50000, related_to=0)]))
    assert announced["related_to"] == announcing["community_id"]
    assert announcing["related_to"] is None
    assert announced["unknown_port"] is False


def test_outcomes_and_agreement_are_words() -> None:
    """Codes come out as the words of the model."""
    analysis = make_analysis([flow(outcome=outcome) for outcome in Outcome])
    texts = rows(analysis)
    assert [row["outcome"] for row in texts] == Outcome.words()
    assert {str(row["agreement"]) for row in texts} <= set(Agreement.words())
    assert np.array_equal(analysis.flows.outcome, list(Outcome))
