"""Markdown renders to the same tables."""

import re
from html import unescape

import numpy as np
import pytest
from markdown_it import MarkdownIt

from annotator.model import Beside
from annotator.report.columns import BESIDE
from annotator.report.report import Report
from annotator.report.sanitize import clean
from tests.report.hostile import PAYLOADS
from tests.report.synthetic import flow, make_analysis, random_flows, shows, summary, wrap

TITLES = ("site", "name and place", "names and places")


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


def beside(**texts: str) -> list[Beside]:
    """Say the same of all three flows, by columns that stand beside them."""
    return [Beside(column, [text], np.zeros(3, np.int32)) for column, text in texts.items()]


def cells(html: str, title: str) -> list[str]:
    """Give the cells of the columns with a title, in all tables."""
    found = []
    for table in re.findall(r"<table>.*?</table>", html, re.DOTALL):
        titles = re.findall(r"<th>(.*?)</th>", table)
        if title in titles:
            body = re.findall(r"<td>(.*?)</td>", table)
            found += body[titles.index(title) :: len(titles)]
    return found


def test_what_was_asked_for_besides_stands_with_the_responder() -> None:
    """Its name with the basis, its place, what the site says of it; of a service, all its responders' names."""
    rows = [flow(port=7214, site=0), flow(port=7214, site=0, sport=9), flow(**shows("ssh"))]
    told = beside(
        responder_name="db.example.org",
        responder_name_basis="sni",
        responder_country="NL",
        responder_asn="AS64500 Example",
    )
    html = rendered(Report(make_analysis(rows, site_words=["the shop's database"], beside=told)).to_markdown())
    assert cells(html, "site") == ["the shop's database"] * 2 + [""]  # the port's finding; two services
    assert cells(html, "name and place") == ["db.example.org (sni); in NL, AS64500 Example"] * 2
    assert cells(html, "names and places") == ["db.example.org; in NL; AS64500 Example"] * 2


def test_many_responders_are_named_by_the_first() -> None:
    """Three names, those of the most flows first, and that there are more."""
    rows = [flow(responder=f"10.0.4.{k}", sport=n) for k in range(1, 6) for n in range(k)]
    names = Beside(
        "responder_name", [f"host{k}" for k in range(5)], np.repeat(np.arange(5), range(1, 6)).astype(np.int32)
    )
    html = rendered(Report(make_analysis(rows, beside=[names])).to_markdown())
    assert cells(html, "names and places") == ["host4, host3, host2, …"]


def test_without_that_there_are_no_such_columns() -> None:
    """Nor where it was asked for and nothing is known."""
    rows = [flow(port=7214), flow(port=7214), flow(**shows("ssh"))]
    nothing = [Beside(column, [], np.full(3, -1, np.int32)) for column in BESIDE]
    for analysis in (make_analysis(rows), make_analysis(rows, beside=nothing)):
        html = rendered(Report(analysis).to_markdown())
        assert html.count("<table>") == 5
        assert not [cell for title in TITLES for cell in cells(html, title)]


@pytest.mark.parametrize("attack", PAYLOADS)
def test_what_is_said_besides_stays_text(attack: str) -> None:
    """A name server, a client or a database can say anything: it shows as it is, in one cell."""
    rows = [flow(port=7214, site=0), flow(port=7214, site=0), flow(site=0, **shows("ssh"))]
    told = beside(**dict.fromkeys(BESIDE, PAYLOADS[attack]))
    html = rendered(Report(make_analysis(rows, site_words=[PAYLOADS[attack]], beside=told)).to_markdown())
    for element in ("<a ", "<script", "<img", "<em>", "<code>", "<h3", "<strong>"):
        assert element not in html.replace("<strong>office.pcapng</strong>", "")
    shown = unescape(cells(html, "site")[0])
    assert shown.strip() == clean(PAYLOADS[attack]).strip()
    assert unescape(cells(html, "name and place")[0]).startswith(shown)


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
