"""What the page says in words."""

from typing import Any

from annotator.model import ICMP, Outcome
from annotator.report.html.page import FIRST_FINDINGS, context
from annotator.report.html.tables import page_tables
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, shows


def said(*flows: dict[str, Any]) -> dict[str, Any]:
    report = Report(make_analysis(list(flows)))
    return context(report, list(page_tables(report, flows=False)))


def test_the_verdict_sums_up() -> None:
    """Unknown ports that answered, how many are grave, contradictions and scans, in sentences."""
    scan = [flow("10.9.9.9", port=60000 + k, outcome=Outcome.REFUSED, initiator_payload_bytes=0) for k in range(30)]
    page = said(flow("203.0.113.9", port=7214, initiator_scope=1), flow(port=443, **shows("ssh")), *scan)
    assert " ".join(page["verdict"]) == (
        "1 endpoint answered on a port that nobody was assigned, 1 of high severity. "
        "The payload of 1 endpoint contradicts what the port is assigned to. 1 scan was seen."
    )


def test_the_verdict_claims_nothing_of_an_empty_capture() -> None:
    """No flows, no ports, nothing unknown: three different things."""
    assert said()["verdict"] == ["The capture holds no flows: nothing can be said of any port."]
    assert said()["no_unknown"] == "none: the capture holds no flows"
    assert said(flow(proto=ICMP))["no_unknown"] == "none: no flow has a port"
    assert said(flow())["verdict"] == ["Nothing answered on a port that nobody was assigned."]


def test_the_gravest_of_both_kinds_come_first() -> None:
    """Findings of both tables are ranked together; how many more there are is said."""
    page = said(
        *(flow(port=7203 + k, **shows("ssh")) for k in range(8)),
        flow("203.0.113.9", "10.0.0.8", port=443, initiator_scope=1, **shows("ssh")),
    )
    assert [finding["severity"] for finding in page["findings"]] == ["high"] + ["medium"] * (FIRST_FINDINGS - 1)
    assert page["findings"][0]["port"] == "443/tcp (https)"
    assert page["more_findings"] == 9 - FIRST_FINDINGS
    assert all(finding["filter"] and finding["next"] for finding in page["findings"])
