"""The report object: what it holds, and that it is always the same."""

import json
from pathlib import Path

import pandas as pd
import pytest

from annotator.errors import OutputError, UsageError
from annotator.model import Issue
from annotator.registry import NOTICE
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, wrap

MEMBERS = {
    "schema_version": int,
    "narrowed": type(None),
    "tool": {"name", "version"},
    "registry": {"updated", "sha256", "records", "source"},
    "captures": [
        {"name", "format", "packets_read", "packets_decoded", "packets_stopped", "stopped", "bytes"}
        | {"first_seen", "last_seen", "complete", "drops", "note", "packets_filtered"}
    ],
    "quality": list,
    "totals": {"packets", "bytes", "flows"} | {"by_range_class", "by_status", "by_agreement", "by_outcome", "by_scope"},
    "services": list,
    "unknown_ports": list,
    "disagreements": list,
    "endpoints": list,
    "scans": list,
    "issues": [{"name", "layer", "count", "first_frame", "detail", "capture"}],
    "options": dict,
    "caveat": str,
}


def test_members_are_pinned() -> None:
    """The names of the report's members are an interface."""
    whole = Report(make_analysis([flow()])).to_dict()
    assert list(whole) == list(MEMBERS)
    for name, shape in MEMBERS.items():
        if isinstance(shape, set):
            assert set(whole[name]) == shape, name
        elif isinstance(shape, list):
            assert set(whole[name][0]) == shape[0], name
        else:
            assert isinstance(whole[name], shape), name


def test_packets_read_are_accounted_for() -> None:
    """Read is decoded and stopped, and stopped is the sum of its classes."""
    for capture in Report(make_analysis([flow()])).captures:
        assert capture["packets_read"] == capture["packets_decoded"] + capture["packets_stopped"]
        assert capture["packets_stopped"] == sum(capture["stopped"].values())


def test_issues_name_their_capture() -> None:
    """An issue says in which of several captures it was met."""
    report = Report(make_analysis([], issues=[Issue("arp", "link", 3, 2, "a\nb")]))
    assert report.issues == [
        {"name": "arp", "layer": "link", "count": 3, "first_frame": 2, "detail": "a b", "capture": "office.pcapng"}
    ]


def test_records_make_a_data_frame() -> None:
    """A table of the report goes into pandas as it is."""
    report = Report(make_analysis([flow(), flow(port=7214)]))
    frame = pd.DataFrame(report.services)
    assert sorted(frame.port) == [443, 7214]
    assert report.services[-1] == report.services[1]
    assert report.services[:1] == [report.services[0]]
    with pytest.raises(IndexError):
        report.services[2]


def test_same_analysis_same_bytes() -> None:
    """Two reports on the same flows are equal to the byte in every format."""
    for name in ("text", "json", "md", "csv", "ndjson"):
        one, two = (Report(wrap(random_flows(400))).render(name, flows=True) for _ in range(2))
        assert one == two


def test_str_is_the_terminal_report() -> None:
    """Printing a report shows what the command shows, without colour."""
    report = Report(make_analysis([flow()]))
    assert str(report) == report.render("text")
    assert "443/tcp (https)" in str(report)
    assert report.caveat == NOTICE


def test_write_chooses_the_format_by_ending(tmp_path: Path) -> None:
    """A path alone is enough; an existing file is kept unless force says otherwise."""
    report = Report(make_analysis([flow()]))
    report.write(tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text()) == report.to_dict()
    report.write(tmp_path / "services.csv", rows="services")
    assert '"transport","port"' in (tmp_path / "services.csv").read_text()
    report.write(tmp_path / "noending", "md")
    assert (tmp_path / "noending").read_text() == report.to_markdown()
    with pytest.raises(OutputError):
        report.write(tmp_path / "r.json")
    report.write(tmp_path / "r.json", force=True)
    with pytest.raises(UsageError):
        report.write(tmp_path / "r.zip")


def test_complete_tells_a_capture_cut_short() -> None:
    """One incomplete capture makes the whole incomplete."""
    analysis = make_analysis([flow()])
    assert Report(analysis).complete
    analysis.captures[0].complete = False
    assert not Report(analysis).complete
