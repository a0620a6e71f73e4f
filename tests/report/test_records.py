"""Records are a list of dicts whose rows are made when asked for."""

import numpy as np
import pytest
from numpy.typing import NDArray

from annotator.report.columns import Column, Kind
from annotator.report.records import AT_ONCE, Records, Values

COLUMNS = (Column("number", Kind.INTEGER, ""), Column("word", Kind.TEXT, ""))


def make(places: NDArray[np.int64]) -> Values:
    return {"word": [f"w{place}" for place in places.tolist()], "number": places.tolist()}


def row(place: int) -> dict[str, object]:
    return {"number": place, "word": f"w{place}"}


def test_rows_are_those_of_a_list() -> None:
    """By index, from the end, by slice and in turn."""
    count = AT_ONCE + 3
    records, plain = Records(COLUMNS, count, make), [row(place) for place in range(count)]
    assert len(records) == count
    assert list(records) == plain
    assert (records[0], records[-1], records[count - 1]) == (plain[0], plain[-1], plain[-1])
    for part in (slice(2, 5), slice(None, None, -7), slice(5, 2), slice(-4, None), slice(0, 10**9)):
        assert records[part] == plain[part]
    assert list(records[0]) == ["number", "word"]


def test_what_is_not_there_is_an_index_error() -> None:
    """Beyond either end."""
    for index in (3, -4):
        with pytest.raises(IndexError):
            Records(COLUMNS, 3, make)[index]
    assert list(Records(COLUMNS, 0, make)) == []
    assert Records(COLUMNS, 0, make).values([]) == [[], []]


def test_a_changed_row_changes_nothing_else() -> None:
    """Each is made anew."""
    records = Records(COLUMNS, 2, make)
    records[0]["word"] = "changed"
    assert records[0] == row(0)


def test_values_stand_in_the_order_of_the_columns() -> None:
    """Whatever the order in which they were made, and of any places."""
    assert Records(COLUMNS, 9, make).values([4, 2]) == [[4, 2], ["w4", "w2"]]
