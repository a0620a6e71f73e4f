"""Unknown ports: each endpoint once, ranked, with its peers."""

import json

from annotator.model import UDP, DirectionBasis, Grade, Outcome
from annotator.report.columns import DISAGREEMENT, UNKNOWN
from annotator.report.endpoints import PEERS_LISTED
from annotator.report.report import Report
from tests.report.synthetic import Said, flow, make_analysis, random_flows, shows, wrap
from tests.report.test_ports import comparable, expected_by


def test_unknown_ports_agree_with_pandas() -> None:
    """Every number of every endpoint is what a groupby over the unknown-port flow rows gives."""
    report = Report(wrap(random_flows(3000)))
    frame = report.flows[report.flows.unknown_port]
    expected = expected_by(frame, ["responder_addr", "transport", "responder_port"])
    rows = list(map(comparable, report.unknown_ports))
    assert len(rows) == len(expected)
    for row in rows:
        again = expected[row["responder_addr"], row["transport"], row["port"]]
        assert {name: row[name] for name in again} == again
        part = frame[
            (frame.responder_addr == row["responder_addr"])
            & (frame.transport == row["transport"])
            & (frame.responder_port == row["port"])
        ]
        assert set(row["peers"]) == set(part.initiator_addr)
        assert row["peer_count"] == row["initiators"] == len(row["peers"])
        inbound = part[(part.initiator_scope == "remote") & (part.responder_scope == "local")]
        assert row["inbound_peers"] == inbound.initiator_addr.nunique()
        failed = part.outcome.isin(["refused", "prohibited", "no_answer"])
        assert row["answered"] == ((part.responder_packets > 0) & ~failed).sum()
    assert report.unknown_ports.bytes == sum(row["bytes"] for row in rows)
    assert report.unknown_ports.answered == sum(row["answered"] > 0 for row in rows)
    assert report.unknown_ports.in_use == sum(row["severity"] != "info" for row in rows)


def test_rows_have_the_documented_columns() -> None:
    """Keys and their order are the schema's, and all values are JSON's own types."""
    (row,) = Report(make_analysis([flow(port=7214)])).unknown_ports
    assert list(row) == [column.name for column in UNKNOWN]
    assert json.loads(json.dumps(row)) == row


def test_inbound_comes_first_and_the_untouched_last() -> None:
    """Ranked by severity; what answered outside stands above all else, what never answered at the end."""
    # the maker takes documentation addresses for private ones, as the standard library does
    report = Report(
        make_analysis(
            [
                flow(port=7203, outcome=Outcome.REFUSED, initiator_payload_bytes=0),
                flow(port=49731),
                flow(port=8077),
                flow("203.0.113.9", port=7214, initiator_scope=1),
            ]
        )
    )
    assert [(row["port"], row["severity"]) for row in report.unknown_ports] == [
        (7214, "high"),
        (8077, "medium"),
        (49731, "low"),
        (7203, "info"),
    ]
    assert report.unknown_ports.in_use == 3


def test_peers_are_bounded_and_their_count_is_true() -> None:
    """At most 20 peers are named, those with the most flows first; the count says how many there are."""
    flows = [flow(f"10.0.1.{k}", port=7214, sport=1024 + k) for k in range(1, 101)]
    flows += [flow("10.0.1.77", port=7214, sport=2000 + k) for k in range(3)]
    (row,) = Report(make_analysis(flows)).unknown_ports
    assert len(row["peers"]) == PEERS_LISTED
    assert row["peers"][:2] == ["10.0.1.77", "10.0.1.1"]
    assert row["peer_count"] == 100


def test_a_port_without_a_record_says_where_it_is_assigned() -> None:
    """The registry's facts go into the row: detail, range, unauthorised use."""
    rows = {
        row["port"]: row for row in Report(make_analysis([flow(port=7214), flow(port=12010, proto=UDP)])).unknown_ports
    }
    assert rows[7214]["port_range"] == "7203-7214"
    assert rows[12010]["status_detail"] == "assigned on tcp only"


def test_direction_guesses_make_high_ports_ephemeral() -> None:
    """A high port that only the first packet points at is not presented as a service."""
    guess = {"direction_basis": DirectionBasis.FIRST_PACKET, "proto": UDP}
    (row,) = Report(make_analysis([flow(port=51000, **guess)])).unknown_ports
    assert row["likely_ephemeral"] is True
    assert row["severity"] == "low"


def test_the_surest_observation_is_the_evidence() -> None:
    """Of several flows, a confirmed one with a label speaks for the endpoint; all protocols are counted."""
    flows = [
        flow(port=7214),
        flow(port=7214, sport=2, **shows("http", Grade.SPECULATIVE)),
        flow(port=7214, sport=3, **shows("ssh")),
        flow(port=7214, sport=4, **shows("ssh")),
    ]
    (row,) = Report(make_analysis(flows, findings=Said(4, {1: "no", 3: "OpenSSH"}))).unknown_ports
    assert row["observed"] == {"ssh": 2, "http": 1}
    assert (row["observed_grade"], row["observed_basis"], row["observed_label"]) == ("confirmed", "banner", "OpenSSH")
    (silent,) = Report(make_analysis([flow(port=7214)])).unknown_ports
    assert (silent["observed"], silent["observed_grade"], silent["observed_basis"]) == ({}, "not_observed", None)


def test_disagreements_are_the_flows_that_differ() -> None:
    """Only flows whose payload contradicts the assignment are listed, by endpoint and protocol."""
    ssh, http, tls = shows("ssh"), shows("http"), shows("tls")
    flows = [flow(**ssh), flow(sport=2, **ssh), flow(sport=3, **http), flow(sport=4, **tls), flow(port=22, **ssh)]
    rows = list(Report(make_analysis(flows)).disagreements)
    assert list(rows[0]) == [column.name for column in DISAGREEMENT]
    assert [(row["port"], row["observed"], row["agreement"]) for row in rows] == [
        (443, {"ssh": 2}, {"differs": 2}),
        (443, {"http": 1}, {"differs": 1}),
    ]
    assert "tls" in rows[0]["expected"]


def test_disagreements_are_ranked_by_severity() -> None:
    """What peers from outside get stands above what is bigger, and each has its reason and its next step."""
    inside = flow(port=443, responder_bytes=10**6, **shows("ssh"))
    outside = flow("203.0.113.9", "10.0.0.8", port=443, initiator_scope=1, **shows("ssh"))
    rows = list(Report(make_analysis([inside, outside])).disagreements)
    assert [(row["responder_addr"], row["severity"]) for row in rows] == [("10.0.0.8", "high"), ("10.0.0.9", "medium")]
    assert all(row["severity_reason"] and row["next_step"] for row in rows)


def test_the_service_on_other_transports_is_named() -> None:
    """A number that is assigned on another transport says to what, whether it has a record on this one or not."""
    rows = Report(make_analysis([flow(port=12010, proto=UDP), flow(port=7214), flow(port=1023, proto=33)]))
    assert {row["port"]: row["assigned_elsewhere"] for row in rows.unknown_ports} == {
        12010: ["edbsrvr/tcp"],
        7214: [],
        1023: [],
    }
