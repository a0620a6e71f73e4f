"""Totals add up."""

from annotator.model import ICMP, Outcome
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, wrap

BREAKDOWNS = {
    "by_range_class": "responder_range_class",
    "by_status": "responder_status",
    "by_agreement": "agreement",
    "by_outcome": "outcome",
    "by_scope": "responder_scope",
}


def test_totals_agree_with_pandas() -> None:
    """Every breakdown is a groupby of the flow rows, and sums up to all flows."""
    report = Report(wrap(random_flows(3000)))
    frame = report.flows.assign(octets=report.flows.initiator_bytes + report.flows.responder_bytes)
    for name, column in BREAKDOWNS.items():
        expected = {
            word: {"flows": len(part), "bytes": part.octets.sum()}
            for word, part in frame.groupby(column, observed=True)
        }
        assert report.totals[name] == expected
        assert sum(part["flows"] for part in report.totals[name].values()) == report.totals["flows"] == 3000
    assert report.totals["bytes"] == frame.octets.sum()
    assert report.totals["packets"] == (frame.initiator_packets + frame.responder_packets).sum()


def test_a_packet_in_a_tunnel_counts_once_in_the_totals() -> None:
    """Packets and bytes count the outermost header only; the inner flow counts as a flow."""
    outer, inner = flow(proto=47), flow(tunnel=5)
    report = Report(make_analysis([outer, inner]))
    assert report.totals["flows"] == 2
    assert report.totals["packets"] == 7
    assert report.totals["bytes"] == 3400


def test_no_flows_are_no_totals() -> None:
    """A capture without IP has totals of nothing."""
    totals = Report(make_analysis([])).totals
    assert (totals["packets"], totals["bytes"], totals["flows"]) == (0, 0, 0)
    assert totals["by_status"] == {}


def test_words_without_flows_are_left_out() -> None:
    """A breakdown names what there is."""
    totals = Report(make_analysis([flow(), flow(proto=ICMP, outcome=Outcome.ONE_SIDED)])).totals
    assert set(totals["by_outcome"]) == {"established", "one_sided"}
    assert set(totals["by_range_class"]) == {"system", "none"}
