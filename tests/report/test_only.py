"""A narrowed report: the same rows as the whole has for these flows, the whole's totals, and it says so."""

import io
import json
import re

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotator.errors import UsageError
from annotator.report.formats import FORMATS, ONLY
from annotator.report.report import Report
from tests.report.hostile import hostile
from tests.report.synthetic import Said, flow, make_analysis, random_flows, shows, wrap


@pytest.fixture(scope="module")
def whole() -> Report:
    """A report on random flows."""
    return Report(wrap(random_flows(2000)))


@pytest.mark.parametrize("only", ONLY)
def test_rows_are_those_of_the_whole(whole: Report, only: str) -> None:
    """Not one cell differs, whoever announced a flow included."""
    chosen = whole.flows.unknown_port if only == "unknown" else whole.flows.agreement == "differs"
    assert 0 < chosen.sum() < len(chosen)
    pd.testing.assert_frame_equal(
        whole.narrowed(only).flows, whole.flows[chosen].reset_index(drop=True), check_categorical=False
    )


def test_tables_are_of_what_is_left(whole: Report) -> None:
    """The table that is asked for is the whole's, the other one is empty, services count the flows that are left."""
    unknown, disagreements = (whole.narrowed(only) for only in ONLY)
    assert list(unknown.unknown_ports) == list(whole.unknown_ports)
    assert list(unknown.disagreements) == []
    assert list(disagreements.disagreements) == list(whole.disagreements)
    assert (list(disagreements.unknown_ports), list(disagreements.scans)) == ([], [])
    for report in (unknown, disagreements):
        assert sum(row["flows"] for row in report.services) == len(report.flows)
        assert report.totals == whole.totals
        assert report.captures == whole.captures


def test_scans_are_judged_over_all_flows() -> None:
    """A scan whose ports are mostly assigned ones is a scan, although few of its flows are left."""
    tried = [flow("203.0.113.9", port=port, outcome=3) for port in (*range(20, 60), 7214)]
    whole = Report(make_analysis(tried))
    narrowed = whole.narrowed("unknown")
    assert len(narrowed.flows) < 15
    assert list(narrowed.scans) == list(whole.scans)
    assert all(row["only_scanned"] for row in narrowed.unknown_ports)


def test_labels_stay_with_their_flows() -> None:
    """What payload said is found by the flow's row in the whole."""
    rows = [flow(), flow(port=7214, **shows("ssh")), flow(), flow(port=7213, **shows("ssh"))]
    report = Report(make_analysis(rows, findings=Said(4, {1: "one", 3: "three"}))).narrowed("unknown")
    assert list(report.flows["observed_label"]) == ["one", "three"]
    assert {row["observed_label"] for row in report.unknown_ports} == {"one", "three"}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_it_is_narrowed(name: str, whole: Report) -> None:
    """How many flows are left, and how many are not."""
    report = whole.narrowed("unknown")
    assert report.narrowing is not None
    said = report.narrowing.sentence()
    data = report.to_bytes(name)
    if name == "parquet":
        text = pq.read_schema(pa.BufferReader(data)).metadata[b"annotator.made_by"].decode()
    elif name == "xlsx":
        text = " ".join(str(row[0].value) for row in openpyxl.load_workbook(io.BytesIO(data))["summary"].iter_rows())
    else:
        text = data.decode()
    text = re.sub(r"[,;]", " ", text).replace("\\", "")
    for part in re.sub(r"[,;]", " ", said).split(":"):
        assert " ".join(part.split()) in " ".join(text.split())


@pytest.mark.parametrize("only", ONLY)
def test_documents_leave_the_other_part_out(only: str) -> None:
    """A narrowed report does not say that there is nothing of what it was narrowed away from."""
    report = Report(hostile("benign")).narrowed(only)
    for name in ("text", "md"):
        text = report.render(name).lower()
        assert ("unknown ports   " in text or "## unknown ports" in text) == (only == "unknown")
        assert "all ports in use are assigned" not in text
    page = report.render("html")
    assert ("on a port that nobody was assigned" in page) == (only == "unknown")
    assert "Nothing answered" not in page
    book = openpyxl.load_workbook(io.BytesIO(report.to_bytes("xlsx")))
    lead = " ".join(str(row[0].value) for row in book["summary"].iter_rows(max_row=12))
    assert ("on unknown ports answered" in lead) == (only == "unknown")
    assert bool(re.search(r"\d disagreement", lead)) == (only != "unknown")


def test_json_counts_what_is_left_out(whole: Report) -> None:
    """The member is null in a whole report."""
    assert json.loads(whole.to_json())["narrowed"] is None
    narrowed = json.loads(whole.narrowed("unknown").to_json())["narrowed"]
    assert narrowed["only"] == "unknown"
    assert narrowed["flows"] + narrowed["flows_left_out"] == len(whole.flows)


def test_other_choices_are_refused(whole: Report) -> None:
    """One line names those that there are."""
    with pytest.raises(UsageError, match="unknown, disagreements"):
        whole.narrowed("services")


def test_nothing_left_is_a_report_too() -> None:
    """Where no payload contradicts anything, every format is written all the same."""
    report = Report(make_analysis([flow()])).narrowed("disagreements")
    assert len(report.flows) == 0
    for name in FORMATS:
        assert isinstance(report.to_bytes(name, flows=not FORMATS[name].is_binary), bytes)
    assert np.isfinite(len(report.services))
