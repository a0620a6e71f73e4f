"""Markdown renders to the same tables."""

import pytest
from markdown_it import MarkdownIt

from annotator.report.report import Report
from tests.report.hostile import PAYLOADS
from tests.report.synthetic import flow, make_analysis, random_flows, summary, wrap


def rendered(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_tables_render_with_all_their_rows() -> None:
    """A Markdown renderer finds one row for each finding, service and flow."""
    report = Report(make_analysis([flow(sport=k) for k in range(5)] + [flow(port=7214)]))
    html = rendered(report.to_markdown(flows=True))
    assert html.count("<table>") == 5  # unknown ports, services, totals, issues, flows
    assert html.count("<td>443/tcp (https)</td>") == 1 + 5
    assert "<td>user, unassigned (7203-7214)</td>" in html
    assert "<blockquote>" in html


@pytest.mark.parametrize("attack", PAYLOADS)
def test_hostile_names_stay_text(attack: str) -> None:
    """No link, image, element or emphasis comes out of a file name."""
    captures = [summary(PAYLOADS[attack], note="x")]
    html = rendered(Report(make_analysis([flow()], captures=captures)).to_markdown())
    for element in ("<a ", "<script", "<img", "<em>", "<code>", "<h3"):
        assert element not in html
    assert html.count("<strong>") == 1


def test_long_tables_say_what_they_left_out() -> None:
    """A document is for reading: a hundred rows, then where the rest is."""
    text = Report(wrap(random_flows(3000))).to_markdown()
    assert "more are in the JSON report." in text
