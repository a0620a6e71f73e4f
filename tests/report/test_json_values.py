"""JSON made a column at a time is what json.dumps gives of each value, and of each row."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.report.columns import Column, Kind
from annotator.report.json_values import json_rows, json_texts
from annotator.report.records import AT_ONCE, Records

TEXTS = st.one_of(st.none(), st.text(), st.sampled_from(["\n", "a\r\nb", '"', "\\", "\\n", "\u2028", "null", ""]))
NUMBERS = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: TEXTS,
    Kind.WORD: TEXTS,
    Kind.TIME: TEXTS,
    Kind.INTEGER: NUMBERS,
    Kind.PORT: NUMBERS,
    Kind.OCTET: NUMBERS,
    Kind.SECONDS: st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
    Kind.FLAG: st.one_of(st.none(), st.booleans()),
    Kind.LIST: st.lists(st.text(), max_size=4),
    Kind.TALLY: st.dictionaries(st.text(), st.integers(0, 2**63), max_size=4),
}


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
def test_each_value_is_as_json_dumps_writes_it(kind: Kind, data: st.DataObject) -> None:
    """Whatever stands in a text: ends of lines, quotes, backslashes, the word null."""
    values = data.draw(st.lists(VALUES[kind], max_size=8))
    assert json_texts(kind, values) == [dumped(value) for value in values]


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, AT_ONCE + 1])
def test_rows_are_objects_with_their_columns(count: int) -> None:
    """Over the borders of what is made at once, in order, each with all its members."""
    columns = (Column("name%s", Kind.TEXT, ""), Column("flows", Kind.INTEGER, ""), Column("peers", Kind.LIST, ""))
    records = Records(
        columns,
        count,
        lambda places: {
            "peers": [["a"] * (place % 3) for place in places.tolist()],
            "flows": places.tolist(),
            "name%s": [f"%d {place}" for place in places.tolist()],
        },
    )
    rows = [row for some in json_rows(records) for row in some]
    assert rows == [dumped(record) for record in records]
    assert len(rows) == count
