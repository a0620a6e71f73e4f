"""The page on formats tells the truth: its code runs, and every format and ending is on it."""

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import annotator
from annotator.report.formats import FORMATS
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "formats.md").read_text()


@pytest.fixture(scope="module")
def folder(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the page reads."""
    made = tmp_path_factory.mktemp("page")
    report = annotator.annotate(samples / "office.pcapng")
    report.write(made / "report.xlsx")
    report.write(made / "flows.parquet")
    return made


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_code_runs(folder: Path) -> None:
    """Each block of Python, in a process of its own."""
    found = blocks("python")
    assert len(found) == 2
    for code in found:
        subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True)


def test_the_query_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB finds the server on the unassigned port."""
    monkeypatch.chdir(folder)
    (query,) = blocks("sql")
    assert ("10.0.4.17", "tcp", 7214) in {row[:3] for row in duckdb.execute(query).fetchall()}


@pytest.mark.parametrize("name", ["xlsx", "parquet", "csv", "tsv", "ndjson", "ecs", "ocsf", "zeek"])
def test_each_ending_is_on_the_page(name: str) -> None:
    """Where the format's section begins."""
    headings = "\n".join(line for line in PAGE.splitlines() if line.startswith("## "))
    for ending in FORMATS[name].endings:
        assert f"`{ending}`" in headings or ending == ".tab"
