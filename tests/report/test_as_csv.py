"""CSV and TSV read back as the DataFrame that they were written from."""

import io
import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from annotator.registry import load
from annotator.report.columns import FLOW, SERVICE, UNKNOWN
from annotator.report.report import Report
from tests.report.synthetic import random_flows, wrap


@pytest.fixture(scope="module")
def report() -> Report:
    """A report on many random flows."""
    return Report(wrap(random_flows(2000)))


def read(text: str, separator: str = ",") -> pd.DataFrame:
    """Read as the README shows it."""
    return pd.read_csv(
        io.StringIO(text),
        comment="#",
        sep=separator,
        keep_default_na=False,
        na_values=[""],
        dtype={"vlan": str},
        low_memory=False,
    )


@pytest.mark.parametrize(("name", "separator"), [("csv", ","), ("tsv", "\t")])
def test_flows_read_back_with_pandas(report: Report, name: str, separator: str) -> None:
    """Every cell of every row is the DataFrame's, times to the nanosecond."""
    again = read(report.render(name), separator)
    assert list(again.columns) == [column.name for column in FLOW]
    assert len(again) == len(report.flows)
    for column in FLOW:
        ours = report.flows[column.name]
        theirs = pd.to_datetime(again[column.name]) if column.kind == "time" else again[column.name]
        pairs = zip(ours, theirs, strict=True)
        assert all((pd.isna(one) and pd.isna(two)) or one == two for one, two in pairs), column.name


def test_text_is_quoted_and_numbers_are_not(report: Report) -> None:
    """A bare # would read as a comment: no text stands without quotes; what is missing is empty, without quotes."""
    lines = report.render("csv").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    assert rows[0] == ",".join(f'"{column.name}"' for column in FLOW)
    quoted = [column.kind in ("text", "word", "time") for column in FLOW]
    for row in rows[1:200]:
        cells = re.findall(r'(?:^|,)((?:"(?:[^"]|"")*")|[^,"]*)', row)
        assert len(cells) == len(FLOW)
        for cell, is_text in zip(cells, quoted, strict=True):
            assert not cell or cell.startswith('"') == is_text


def test_comment_lines_stand_on_top_only(report: Report) -> None:
    """After the header no line begins with #."""
    lines = report.render("csv").splitlines()
    first = next(k for k, line in enumerate(lines) if not line.startswith("#"))
    assert first >= 4
    assert not any(line.startswith("#") for line in lines[first:])
    assert report.registry["updated"] in lines[first - 1]


@pytest.mark.parametrize(("rows", "columns"), [("services", SERVICE), ("unknown", UNKNOWN)])
def test_other_rows_read_back(report: Report, rows: str, columns: tuple[object, ...]) -> None:
    """The report's other tables are written with their own columns, lists and tallies as text."""
    records = report.services if rows == "services" else report.unknown_ports
    again = read(report.render("csv", rows=rows))
    assert list(again.columns) == [column.name for column in columns]  # type: ignore[attr-defined]
    assert len(again) == len(records)
    for row, record in zip(again.to_dict("records"), records, strict=True):
        assert row["bytes"] == record["bytes"]
        assert row["agreement"] == " ".join(f"{word}={number}" for word, number in record["agreement"].items())


def test_no_service_name_reads_as_missing() -> None:
    """Why the README's call says which texts are missing: pandas would take some registry names for nothing."""
    names = {name for entry in load().entries for name in entry.service_names}
    text = "\n".join(['"name"', *(f'"{name}"' for name in sorted(names))])
    assert set(read(text)["name"]) == names


def test_duckdb_reads_the_same_rows(report: Report, tmp_path: Path) -> None:
    """SQL over the file finds what pandas finds in the DataFrame, times to the nanosecond as text."""
    report.write(tmp_path / "flows.csv")
    query = """
        select transport, count(*), sum(initiator_bytes), min(first_seen), max(last_seen)
        from read_csv(?, comment = '#', delim = ',', quote = '"', header = true,
                      types = {'first_seen': 'varchar', 'last_seen': 'varchar', 'vlan': 'varchar'})
        group by transport order by transport
    """
    theirs = duckdb.execute(query, [str(tmp_path / "flows.csv")]).fetchall()
    ours = []
    for word, part in report.flows.groupby("transport", observed=True):
        times = [
            f"{time.strftime('%Y-%m-%dT%H:%M:%S')}.{time.value % 10**9:09}Z"
            for time in (part["first_seen"].min(), part["last_seen"].max())
        ]
        ours.append((word, len(part), part["initiator_bytes"].sum(), *times))
    assert theirs == sorted(ours)
