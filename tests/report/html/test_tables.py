"""The page's tables hold every column of the schema, and say what they leave out."""

import json

import pytest

from annotator.report.columns import DISAGREEMENT, FLOW, SERVICE, UNKNOWN
from annotator.report.html import tables
from annotator.report.html.tables import page_tables
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, random_flows, shows, wrap


@pytest.fixture(scope="module")
def report() -> Report:
    """Flows of every kind."""
    return Report(wrap(random_flows(400)))


def test_every_column_of_every_table_is_there(report: Report) -> None:
    """For search, details and export; each shown column has as many values as there are rows."""
    made = {table.key: table for table in page_tables(report, flows=True)}
    schemas = {"unknown": UNKNOWN, "disagreements": DISAGREEMENT, "services": SERVICE, "flows": FLOW}
    assert list(made) == list(schemas)
    for key, schema in schemas.items():
        table = made[key]
        assert list(table.values) == [column.name for column in schema]
        for packed in (*table.values.values(), *table.shows.values()):
            assert len(packed["c"] if isinstance(packed, dict) else packed) == table.rows
        assert {part.field for part in table.shown} <= set(table.values) | set(table.shows)
        assert {part.sort for part in table.shown} <= set(table.values) | {""}
        json.dumps(table.data())


def test_more_than_a_page_holds(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """The foremost rows stay: by rank, by bytes, flows on unknown ports first; and the page says so."""
    monkeypatch.setattr(tables, "MOST_ROWS", 50)
    for table in page_tables(report, flows=True):
        if table.total > 50:
            assert table.rows == 50
            assert f"holds 50 of {table.total} rows" in table.left_out
            assert "annotate CAPTURE" in table.left_out
        else:
            assert table.left_out == ""
    chosen = report.flow_rows.foremost(50)
    frame = report.flows
    notable = frame.unknown_port | (frame.agreement == "differs")
    assert notable.sum() > 50
    assert notable.iloc[chosen].all()
    size = frame.initiator_bytes + frame.responder_bytes
    assert size.iloc[chosen].min() >= size[notable].nlargest(50).min()


def test_a_narrowed_report_has_the_narrowed_tables() -> None:
    """``--only disagreements`` leaves the unknown ports out, as in the other documents."""
    report = Report(make_analysis([flow(port=7214), flow(port=443, **shows("ssh"))])).narrowed("disagreements")
    assert [table.key for table in page_tables(report, flows=False)] == ["disagreements", "services"]
