"""Charts: widths are shares, what is there is seen, and the drawn timeline is as high as its bytes."""

import pytest

from annotator.model import UDP
from annotator.report.html.charts import breakdowns, draw_timeline, duration, unknown_by_volume
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, shows


@pytest.fixture(scope="module")
def report() -> Report:
    """One big service, one small unknown port, one tiny one."""
    return Report(
        make_analysis(
            [
                flow(initiator_bytes=10**9),
                flow(port=7214, initiator_bytes=6000, responder_bytes=0, **shows("ssh")),
                flow(port=50000, proto=UDP, initiator_bytes=2000, responder_bytes=0, at_s=9),
            ]
        )
    )


def test_bars_are_shares_and_never_invisible(report: Report) -> None:
    """A millionth is not nothing: it has a bar, and its share is said as less than a tenth of a per cent."""
    by_status = next(chart for chart in breakdowns(report) if chart.by == "status")
    bars = {bar.label: bar for bar in by_status.bars}
    assert bars["assigned"].bytes_width > 99
    assert bars["unassigned"].bytes_share == "<0.1 %"
    assert bars["unassigned"].bytes_width == 0.5
    assert {bar.flows for bar in by_status.bars} == {"1"}


def test_unknown_ports_by_volume(report: Report) -> None:
    """The biggest fills the chart; the share is of all unknown-port bytes."""
    chart = unknown_by_volume(report)
    assert chart
    assert [(bar.label.split()[-1], bar.bytes_share, bar.bytes_width) for bar in chart.bars] == [
        ("7214/tcp", "75.0 %", 100),
        ("50000/udp", "25.0 %", 33.33),
    ]
    assert unknown_by_volume(Report(make_analysis([flow()]))) is None


def test_the_drawn_timeline(report: Report) -> None:
    """Columns stand on the ground, the highest is as high as the drawing, and statuses are named with their bytes."""
    line = report.timeline
    assert line
    drawn = draw_timeline(line)
    assert max(height for _, _, _, _, height in drawn.rectangles) == drawn.height
    assert all(y >= 0 and y + height <= drawn.height + 0.02 for _, _, y, _, height in drawn.rectangles)
    assert drawn.statuses == [("unassigned", "6.0 kB"), ("dynamic", "2.0 kB")]
    assert drawn.first.startswith("2026-05-04 09:13:20")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0005, "0.5 ms"),
        (0.1, "100 ms"),
        (5, "5 s"),
        (600, "10 min"),
        (43200, "12 h"),
        (7500, "2 h 5 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    """In the units that people use."""
    assert duration(seconds) == text
