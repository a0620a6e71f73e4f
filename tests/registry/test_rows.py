"""Records as columns, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.registry.record import Record
from annotator.registry.rows import Rows

from .making import drawn_records, record


@given(st.lists(drawn_records(), min_size=1, max_size=6))
def test_records_come_back_as_they_were(records: list[Record]) -> None:
    """Whatever they hold."""
    assert list(Rows.from_records(records)) == records


def test_a_field_that_is_left_out_is_none() -> None:
    """A field that the source does not hold differs from one that is empty."""
    rows = Rows.from_records([record("x", "1", notes="a note")], frozenset({"notes"}))
    assert rows[0].notes is None
    assert "notes" not in rows.fields
    assert Rows.from_records([record("x", "1")])[0].notes == ""


def test_a_column_is_read_when_it_is_asked_for() -> None:
    """A function in a column's place is called once, and only if something needs the column."""
    asked: list[str] = []

    def names() -> list[str]:
        asked.append("names")
        return ["x", "y"]

    rows = Rows(2, {"service_name": names})
    assert len(rows) == 2
    assert asked == []
    assert rows.column("service_name") == ["x", "y"]
    assert rows.column("service_name")[1] == "y"
    assert asked == ["names"]


def test_rows_are_a_sequence() -> None:
    """Slices, negative places, bounds."""
    records = [record(name, "1") for name in "abc"]
    rows = Rows.from_records(records)
    assert rows[-1] == records[-1]
    assert rows[1:] == records[1:]
    with pytest.raises(IndexError):
        rows[3]
    with pytest.raises(KeyError):
        rows.column("doubtful")
