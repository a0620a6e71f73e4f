"""The JSON report is the library's report."""

import json

import pytest

from annotator.report.report import Report
from tests.report.synthetic import make_analysis, random_flows, wrap


@pytest.mark.parametrize("count", [0, 1, 300])
def test_json_is_the_dictionary(count: int) -> None:
    """The streamed text parses to what to_dict gives."""
    report = Report(wrap(random_flows(count)))
    assert json.loads(report.to_json()) == report.to_dict()


@pytest.mark.parametrize("count", [0, 1, 70_000])
def test_flows_are_added_on_request(count: int) -> None:
    """With flows, the member of that name holds one object a flow, over the borders of batches."""
    report = Report(wrap(random_flows(count)))
    whole = json.loads(report.to_json(flows=True))
    assert len(whole.pop("flows")) == count
    assert list(whole) == list(report.to_dict())


def test_text_is_not_escaped_beyond_need() -> None:
    """Names in any script stay readable."""
    analysis = make_analysis([])
    analysis.captures[0].name = "büro.pcap"
    assert '"büro.pcap"' in Report(analysis).to_json()
