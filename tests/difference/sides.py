"""Differences for tests of the room."""

from typing import Any

from annotator.difference import Difference, compare, side_of_report
from annotator.model import UDP, Outcome
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, shows

BEFORE = [
    flow(responder="10.0.0.9", port=443, **shows("tls")),
    flow(responder="10.0.0.9", port=22, **shows("ssh")),
    flow(responder="10.0.0.10", port=53, proto=UDP),
    flow(responder="10.0.0.9", port=99, outcome=Outcome.REFUSED),
]
AFTER = [
    flow(responder="10.0.0.9", port=443, **shows("tls")),
    flow(responder="10.0.0.9", port=443, **shows("ssh")),
    flow(responder="10.0.0.8", port=443, **shows("tls")),
    flow(responder="10.0.0.10", port=53, proto=UDP, initiator_bytes=40_000),
    flow(responder="10.0.0.10", port=7214, **shows("ssh")),
    flow(responder="10.0.0.9", port=98, outcome=Outcome.NO_ANSWER),
]


def difference(before: list[dict[str, Any]], after: list[dict[str, Any]], factor: float = 2.0) -> Difference:
    """Compare two lists of flows."""
    one, other = (Report(make_analysis(rows)) for rows in (before, after))
    return compare(side_of_report(one, "before.pcap"), side_of_report(other, "after.pcap"), factor)
