"""NDJSON: one object a line, the DataFrame's rows."""

import json
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from annotator.registry import NOTICE
from annotator.report.columns import FLOW, UNKNOWN
from annotator.report.report import Report
from tests.report.synthetic import random_flows, wrap


@pytest.fixture(scope="module")
def report() -> Report:
    """A report on many random flows."""
    return Report(wrap(random_flows(2000)))


def test_rows_are_those_of_the_data_frame(report: Report) -> None:
    """Members are the columns in order, then the caveat; values are the DataFrame's, what is missing is null."""
    rows = [json.loads(line) for line in report.render("ndjson").splitlines()]
    assert len(rows) == len(report.flows)
    assert {tuple(row) for row in rows} == {(*[column.name for column in FLOW], "caveat")}
    assert {row["caveat"] for row in rows} == {NOTICE}
    for column in FLOW:
        theirs = [row[column.name] for row in rows]
        if column.kind == "time":
            theirs = list(pd.to_datetime(pd.Series(theirs)))
        ours = [None if pd.isna(value) else value for value in report.flows[column.name]]
        assert ours == theirs, column.name


def test_records_keep_their_lists_and_tallies(report: Report) -> None:
    """Rows of other tables are the library's records."""
    rows = [json.loads(line) for line in report.render("ndjson", rows="unknown").splitlines()]
    for row in rows:
        assert row.pop("caveat") == NOTICE
    assert rows == list(report.unknown_ports)
    assert list(rows[0]) == [column.name for column in UNKNOWN]


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
@pytest.mark.parametrize("name", ["ndjson", "ecs", "ocsf", "json"])
def test_jq_counts_the_same_rows(report: Report, tmp_path: Path, name: str) -> None:
    """Every line is an object to jq, and sums come out as in the DataFrame."""
    report.write(tmp_path / "file", name, flows=name == "json")
    query, slurp = {
        "ndjson": ("map(.initiator_bytes) | length, add", ["-s"]),
        "ecs": ("map(.source.bytes) | length, add", ["-s"]),
        "ocsf": ("map(.traffic.bytes_out) | length, add", ["-s"]),
        "json": (".flows | map(.initiator_bytes) | length, add", []),
    }[name]
    made = subprocess.run(["jq", *slurp, query, tmp_path / "file"], capture_output=True, text=True, check=True)
    assert made.stdout.split() == [str(len(report.flows)), str(report.flows["initiator_bytes"].sum())]
