"""The workbook read back by openpyxl and pandas: the same rows, but for what Excel cannot hold."""

import io
from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from annotator.model import NO_TIME
from annotator.registry import NOTICE
from annotator.report import as_xlsx
from annotator.report.columns import DISAGREEMENT, FLOW, SCAN, SERVICE, UNKNOWN, Kind
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, wrap


@pytest.fixture(scope="module")
def report() -> Report:
    """A report on random flows."""
    return Report(wrap(random_flows(400)))


@pytest.fixture(scope="module")
def book(report: Report) -> openpyxl.Workbook:
    """Its workbook."""
    return openpyxl.load_workbook(io.BytesIO(report.to_bytes("xlsx")))


def as_excel(value: object, kind: Kind) -> object:
    """Convert a value as the module says that Excel makes it do: no nanoseconds, no time zone, no lists."""
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)) or value is pd.NaT:
        return None
    if kind is Kind.TIME:
        return pd.Timestamp(value).tz_localize(None).round("ms").to_pydatetime()  # type: ignore[arg-type]
    if kind is Kind.LIST:
        return " ".join(value) or None  # type: ignore[arg-type]
    if kind is Kind.TALLY:
        return " ".join(f"{word}={number}" for word, number in value.items()) or None  # type: ignore[attr-defined]
    return value


def test_flows_are_the_data_frame(report: Report, book: openpyxl.Workbook) -> None:
    """Every cell is the DataFrame's value, as a number, a date, a truth or a text."""
    titles, *rows = book["flows"].iter_rows(values_only=True)
    assert list(titles) == [column.name for column in FLOW]
    assert len(rows) == len(report.flows)
    for place, column in enumerate(FLOW):
        ours = [as_excel(value, column.kind) for value in report.flows[column.name]]
        theirs = [row[place] for row in rows]
        if column.kind is Kind.TIME:
            assert all(isinstance(value, datetime) for value in theirs if value is not None)
        if column.kind is Kind.SECONDS:
            assert theirs == pytest.approx(ours, abs=1e-9)
        else:
            assert theirs == ours, column.name


@pytest.mark.parametrize(
    ("sheet", "table", "columns"),
    [
        ("services", "services", SERVICE),
        ("unknown ports", "unknown_ports", UNKNOWN),
        ("disagreements", "disagreements", DISAGREEMENT),
        ("scans", "scans", SCAN),
    ],
)
def test_other_sheets_are_the_records(
    report: Report, book: openpyxl.Workbook, sheet: str, table: str, columns: tuple[object, ...]
) -> None:
    """Lists are joined by a space, tallies are word=number."""
    titles, *rows = book[sheet].iter_rows(values_only=True)
    kinds = {column.name: column.kind for column in columns}  # type: ignore[attr-defined]
    assert list(titles) == list(kinds)
    ours = [tuple(as_excel(row[name], kind) for name, kind in kinds.items()) for row in getattr(report, table)]
    assert rows == ours


def test_pandas_reads_a_sheet(report: Report) -> None:
    """The call that people know finds the table at the top."""
    frame = pd.read_excel(io.BytesIO(report.to_bytes("xlsx")), sheet_name="services", keep_default_na=False)
    assert list(frame["flows"]) == [row["flows"] for row in report.services]


def test_tables_are_made_for_reading(book: openpyxl.Workbook) -> None:
    """Headers stay, every column has a filter, times show as times, and the notice is there twice."""
    for name in ("unknown ports", "disagreements", "services", "scans", "flows", "issues", "columns"):
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")
    assert "hh:mm:ss" in book["flows"]["A2"].number_format
    assert "\n".join(row[0].value or "" for row in book["notice"].iter_rows()) == NOTICE
    assert NOTICE.splitlines()[-1] in [row[0].value for row in book["summary"].iter_rows()]
    assert book.properties.description == NOTICE
    described = {(row[0], row[1]) for row in book["columns"].iter_rows(min_row=2, values_only=True)}
    assert {("flows", column.name) for column in FLOW} <= described


def test_times_are_rounded_to_the_millisecond() -> None:
    """A time and the day that Excel counts for it; what has no time has an empty cell."""
    assert as_xlsx.serial(0) == 25569
    assert as_xlsx.serial(86_400_000_000_000 // 2) == 25569.5
    assert as_xlsx.serial(1_499_999) == 25569 + 1 / 86_400_000
    assert as_xlsx.serial(1_500_000) == 25569 + 2 / 86_400_000
    report = Report(make_analysis([flow(first_ns=NO_TIME, last_ns=NO_TIME)]))
    book = openpyxl.load_workbook(io.BytesIO(report.to_bytes("xlsx")))
    assert book["flows"]["A2"].value is None


def test_what_does_not_fit_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet that is full ends, the first sheet says how much is missing and where it is."""
    monkeypatch.setattr(as_xlsx, "SHEET_ROWS", 11)
    report = Report(wrap(random_flows(25)))
    book = openpyxl.load_workbook(io.BytesIO(report.to_bytes("xlsx")))
    assert book["flows"].max_row == 11
    lines = [str(row[0].value) for row in book["summary"].iter_rows()]
    (said,) = [line for line in lines if "sheet flows is cut" in line]
    assert "15 rows do not fit" in said
    assert "CSV or Parquet" in said


def test_a_long_text_is_cut_to_what_a_cell_holds() -> None:
    """A cell holds 32,767 characters."""
    names = " ".join(["x" * 200] * 300)
    analysis = make_analysis([flow()], site_words=[names])
    analysis.flows.site[:] = 0
    book = openpyxl.load_workbook(io.BytesIO(Report(analysis).to_bytes("xlsx")))
    assert all(len(str(cell.value or "")) <= 32_767 for row in book["flows"].iter_rows() for cell in row)
