"""Endpoints in use: who is listed, and what is said of them."""

from annotator.model import UDP, DirectionBasis, Grade, Outcome
from annotator.report.columns import ENDPOINT
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, shows


def test_who_answers_is_in_use_and_who_is_tried_is_not() -> None:
    """One row an endpoint, whatever became of single flows; what only failed has none."""
    report = Report(
        make_analysis(
            [
                flow(responder="10.0.0.9", port=443, **shows("tls")),
                flow(responder="10.0.0.9", port=443, outcome=Outcome.REFUSED),
                flow(responder="10.0.0.9", port=444, outcome=Outcome.REFUSED),
                flow(responder="10.0.0.9", port=445, outcome=Outcome.NO_ANSWER),
                flow(responder="10.0.0.9", port=446, outcome=Outcome.PROHIBITED),
                flow(responder="2001:db8::1", initiator="2001:db8::2", port=53, proto=UDP),
                flow(responder="10.0.0.8", port=443, outcome=Outcome.MIDSTREAM),
            ]
        )
    )
    rows = [(row["responder_addr"], row["port"], row["transport"], row["flows"]) for row in report.endpoints]
    assert rows == [("10.0.0.8", 443, "tcp", 1), ("10.0.0.9", 443, "tcp", 2), ("2001:db8::1", 53, "udp", 1)]
    assert [list(row) for row in report.endpoints] == [[column.name for column in ENDPOINT]] * 3
    assert report.endpoints[1]["answered"] == 1


def test_announced_flows_and_icmp_are_no_endpoints() -> None:
    """A data channel's port is another flow's doing, and ICMP has none."""
    report = Report(make_analysis([flow(port=21), flow(port=50001, related_to=0), flow(proto=1)]))
    assert [row["port"] for row in report.endpoints] == [21]


def test_only_what_was_parsed_is_confirmed() -> None:
    """A speculation is counted as observed, and is not confirmed."""
    rows = [flow(**shows("tls")), flow(**shows("http", Grade.SPECULATIVE)), flow(**shows("ssh")), flow()]
    (row,) = Report(make_analysis(rows)).endpoints
    assert row["confirmed"] == ["ssh", "tls"]
    assert row["observed"] == {"http": 1, "tls": 1, "ssh": 1}


def test_a_port_that_only_the_first_packet_chose_is_likely_ephemeral() -> None:
    """The ladder of the unknown ports judges assigned ones as well."""
    guess = {"direction_basis": DirectionBasis.FIRST_PACKET}
    rows = [flow(port=40001, **guess), flow(port=40002), flow(port=443, **guess)]
    rows += [flow(initiator=f"10.0.0.{n}", port=40003, **guess) for n in range(3)]
    report = Report(make_analysis(rows))
    assert {row["port"]: row["likely_ephemeral"] for row in report.endpoints} == {
        443: False,
        40001: True,
        40002: False,
        40003: False,
    }


def test_the_report_has_them_as_a_member() -> None:
    """JSON lists them, so that reports can be compared."""
    report = Report(make_analysis([flow()]))
    assert [row["port"] for row in report.to_dict()["endpoints"]] == [443]
