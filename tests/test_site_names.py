"""Names of the site's own, in flows and reports: beside the registry's word, never in its place."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

import annotator
from annotator.errors import SiteError
from annotator.model import NO_TIME, CaptureSummary
from annotator.site_names import day_of

OVERLAY = """
[[port]]
name = "backup ssh"
ports = "7203-7214"
transport = "tcp"
addresses = ["10.0.4.17"]
owner = "Ops"

[[port]]
name = "old cache"
ports = 8077
transport = "tcp"
expires = 2020-01-31

[[port]]
name = "elsewhere"
ports = 443
transport = "tcp"
addresses = ["192.0.2.0/24"]
"""


@pytest.fixture
def report(tmp_path: Path) -> annotator.Report:
    """The office, with an overlay."""
    overlay = tmp_path / "site.toml"
    overlay.write_text(OVERLAY)
    return annotator.annotate(Path(__file__).parents[1] / "samples" / "office.pcapng", site=[overlay])


def test_the_overlay_stands_beside_the_registrys_word(report: annotator.Report) -> None:
    """An unassigned port stays unassigned and unknown, and has its name."""
    flows = report.flows
    backup = flows[flows["responder_port"] == 7214]
    assert len(backup)
    assert set(backup["site"]) == {"backup ssh (Ops)"}
    assert set(backup["responder_status"]) == {"unassigned"}
    assert backup["unknown_port"].all()


def test_an_expired_entry_is_shown_as_expired_by_the_captures_last_packet(report: annotator.Report) -> None:
    """Time is the capture's, so that the same capture gives the same words on any day."""
    flows = report.flows
    assert set(flows[flows["responder_port"] == 8077]["site"]) == {"old cache (expired 2020-01-31)"}


def test_an_entry_for_other_addresses_says_nothing(report: annotator.Report) -> None:
    """Networks limit an entry to where it holds."""
    flows = report.flows
    assert flows[flows["responder_port"] == 443]["site"].isna().all()


def test_every_document_shows_it(report: annotator.Report) -> None:
    """Text and JSON show the site's words by the endpoint."""
    assert "site: backup ssh (Ops)" in str(report)
    assert {row["site"] for row in report.unknown_ports if row["port"] == 7214} == {"backup ssh (Ops)"}


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    """A broken overlay is an error with file and line, before any packet is read."""
    overlay = tmp_path / "services"
    overlay.write_text("fine 80/tcp\nbroken eighty/tcp\n")
    with pytest.raises(SiteError, match=r"services.*2"):
        annotator.annotate(Path(__file__).parents[1] / "samples" / "vlan.pcap", site=[overlay])


@pytest.mark.parametrize(
    ("last_ns", "day"),
    [([NO_TIME], date.min), ([NO_TIME, 0], date(1970, 1, 1)), ([86_400 * 10**9 - 1], date(1970, 1, 1))],
)
def test_the_day_is_that_of_the_last_packet(last_ns: list[int], day: date) -> None:
    """Without any time nothing is expired."""
    assert day_of([CaptureSummary("x", last_ns=np.int64(ns).item()) for ns in last_ns]) == day
