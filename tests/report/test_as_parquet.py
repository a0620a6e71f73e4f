"""Parquet read back by pyarrow, pandas and DuckDB: the DataFrame's rows, and what each column means."""

import json
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotator.model import NO_TIME
from annotator.registry import NOTICE
from annotator.report.columns import FLOW, UNKNOWN, Kind
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, wrap


@pytest.fixture(scope="module")
def report() -> Report:
    """A report on flows of more than one row group."""
    return Report(wrap(random_flows(70_000)))


@pytest.fixture(scope="module")
def path(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its flow rows in a file."""
    made = tmp_path_factory.mktemp("parquet") / "flows.parquet"
    report.write(made)
    return made


def test_pandas_reads_the_data_frame(report: Report, path: Path) -> None:
    """Every value and dtype is the library's own, times to the nanosecond; small unsigned numbers are nullable."""
    again = pd.read_parquet(path, dtype_backend="numpy_nullable")
    assert list(again.columns) == list(report.flows.columns)
    for name in report.flows.columns:
        ours, theirs = report.flows[name], again[name]
        missing = ours.isna()
        assert (missing == theirs.isna()).all(), name
        assert (ours[~missing].astype(object) == theirs[~missing].astype(object)).all(), name


def test_arrow_has_the_types(report: Report, path: Path) -> None:
    """Times are UTC with nanoseconds, words dictionaries, ports 16 bits."""
    schema = pq.read_schema(path)
    assert schema.field("first_seen").type == pa.timestamp("ns", "UTC")
    assert schema.field("responder_port").type == pa.uint16()
    assert pa.types.is_dictionary(schema.field("agreement").type)
    assert pq.ParquetFile(path).num_row_groups == 2


def test_duckdb_reads_the_same_rows(report: Report, path: Path) -> None:
    """SQL finds what pandas finds."""
    query = "select responder_status, count(*), sum(initiator_bytes) from read_parquet(?) group by 1 order by 1"
    theirs = duckdb.execute(query, [str(path)]).fetchall()
    ours = report.flows.groupby("responder_status", observed=True)["initiator_bytes"].agg(["size", "sum"]).sort_index()
    assert sorted(theirs) == sorted((str(word), size, total) for word, (size, total) in ours.iterrows())
    first = duckdb.execute("select epoch_ns(min(first_seen)) from read_parquet(?)", [str(path)]).fetchone()
    assert first is not None
    assert first[0] == report.flows["first_seen"].min().value


def test_the_file_says_what_it_holds(report: Report, path: Path) -> None:
    """Notice, registry and units can be read without reading a row."""
    schema = pq.read_schema(path)
    said = {name.decode(): text.decode() for name, text in schema.metadata.items()}
    assert said["annotator.notice"] == NOTICE
    assert json.loads(said["annotator.registry"]) == report.registry
    assert json.loads(said["annotator.captures"]) == report.captures
    assert said["annotator.table"] == "flows"
    for column in FLOW:
        field = schema.field(column.name).metadata
        assert field[b"doc"].decode() == column.doc
        assert field.get(b"careful", b"").decode() == column.lies
    assert schema.field("initiator_bytes").metadata[b"unit"] == b"bytes"
    assert schema.field("first_seen").metadata[b"unit"] == b"ns since 1970-01-01 UTC"


def test_other_rows_keep_lists_and_tallies(report: Report) -> None:
    """The report's other tables have lists as lists, tallies as maps, and times as times."""
    table = pq.read_table(pa.BufferReader(report.to_bytes("parquet", rows="unknown")))
    assert table.column_names == [column.name for column in UNKNOWN]
    for row, record in zip(table.to_pylist(maps_as_pydicts="strict"), report.unknown_ports, strict=True):
        for name, value in record.items():
            if name in ("first_seen", "last_seen"):
                assert row[name] == pd.Timestamp(value)
            else:
                assert row[name] == value, name


def test_what_has_no_time_is_null() -> None:
    """A flow without times has none here either."""
    report = Report(make_analysis([flow(first_ns=NO_TIME, last_ns=NO_TIME)]))
    (row,) = pq.read_table(pa.BufferReader(report.to_bytes("parquet"))).to_pylist()
    assert (row["first_seen"], row["last_seen"], row["duration_s"]) == (None, None, None)
    (service,) = pq.read_table(pa.BufferReader(report.to_bytes("parquet", rows="services"))).to_pylist()
    assert service["first_seen"] is None


def test_texts_are_texts_however_they_are_written(report: Report, path: Path) -> None:
    """Addresses and labels are handed over as dictionaries, and read back as strings, in every reader and row group."""
    schema = pq.read_schema(path)
    for column in FLOW:
        if column.kind is Kind.TEXT:
            assert schema.field(column.name).type == pa.string(), column.name
    found = duckdb.execute("select initiator_addr, responder_service, community_id from read_parquet(?)", [str(path)])
    ours = report.flows[["initiator_addr", "responder_service", "community_id"]].astype(object)
    assert found.fetchall() == [tuple(row) for row in ours.where(ours.notna(), None).itertuples(index=False)]


def test_the_same_report_gives_the_same_bytes(path: Path) -> None:
    """Two threads make a file, and none of it shows."""
    assert Report(wrap(random_flows(70_000))).to_bytes("parquet") == path.read_bytes()


def test_a_file_without_rows_has_its_columns() -> None:
    """Types and metadata are there, though no row is."""
    empty = pq.read_table(pa.BufferReader(Report(make_analysis([])).to_bytes("parquet")))
    assert empty.num_rows == 0
    assert [field.name for field in empty.schema] == [column.name for column in FLOW]
    assert empty.schema.field("initiator_addr").type == pa.string()
