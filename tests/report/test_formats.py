"""Formats are found by name and ending, and know what they can hold."""

import html
import io
import re

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotator.errors import UsageError
from annotator.registry import NOTICE
from annotator.report.formats import FORMATS, check_wanted, format_of
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, wrap


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.csv", "csv"),
        ("a.CSV", "csv"),
        ("b/c.d.ndjson", "ndjson"),
        ("x.jsonl", "ndjson"),
        ("x.md", "md"),
        ("x.parquet", "parquet"),
        ("x.xlsx", "xlsx"),
        ("conn.log", "zeek"),
        ("x.2026.ecs.ndjson", "ecs"),
        ("x.ocsf.NDJSON", "ocsf"),
        ("ecs.ndjson", "ndjson"),
        ("x.txt", "text"),
    ],
)
def test_the_ending_tells_the_format(path: str, name: str) -> None:
    """A file's ending names its format, in either case."""
    assert format_of(path) == name
    assert format_of(path, "json") == "json"


@pytest.mark.parametrize("path", ["a", "a.zip", "csv", ".csv"])
def test_other_endings_are_refused_with_the_known_ones(path: str) -> None:
    """An unknown ending gives a line that names those that are known."""
    with pytest.raises(UsageError, match=r"\.csv"):
        format_of(path)


def test_wishes_that_contradict_are_refused() -> None:
    """A table holds rows of one kind, a document has its own tables."""
    for name, flows, rows in (("csv", True, "services"), ("json", False, "unknown"), ("xml", False, "flows")):
        with pytest.raises(UsageError):
            check_wanted(name, flows, rows)
    with pytest.raises(UsageError, match="no rows 'all'"):
        check_wanted("csv", False, "all")
    with pytest.raises(UsageError, match="ecs holds flows only"):
        check_wanted("ecs", False, "unknown")
    check_wanted("csv", True, "flows")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_carries_the_notice(name: str) -> None:
    """IANA's notice is in each, word for word, once its lines are joined."""
    data = Report(make_analysis([flow()])).to_bytes(name)
    if name == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        text = "\n".join(str(row[0]) for row in book["notice"].iter_rows(values_only=True))
    elif name == "parquet":
        text = pq.read_schema(pa.BufferReader(data)).metadata[b"annotator.notice"].decode()
    elif name == "html":
        text = html.unescape(re.sub(r"<[^>]*>", " ", data.decode()))
    else:
        text = data.decode()
    words = text.replace("\\n", " ").replace('\\"', '"').translate(dict.fromkeys(map(ord, "#>!"), " ")).split()
    assert " ".join(NOTICE.split()) in " ".join(words)


@pytest.mark.parametrize("name", FORMATS)
def test_no_flows_make_a_report_all_the_same(name: str) -> None:
    """A capture without a single flow is no special case for any writer."""
    assert Report(make_analysis([])).to_bytes(name, flows=True) or name in ("ndjson", "ecs", "ocsf")


@pytest.mark.parametrize("name", [name for name, made in FORMATS.items() if made.is_binary])
def test_what_is_no_text_is_not_rendered(name: str) -> None:
    """A binary format is bytes, and the library says how to get them."""
    report = Report(make_analysis([flow()]))
    with pytest.raises(UsageError, match="to_bytes"):
        report.render(name)
    assert report.to_bytes(name)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_analysis_gives_the_same_bytes(name: str) -> None:
    """Two reports on the same flows are equal to the byte, archives and columnar files too."""
    one, two = (Report(wrap(random_flows(500))).to_bytes(name, flows=True) for _ in range(2))
    assert one == two
