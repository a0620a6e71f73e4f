"""Packed columns say the same in less room, and cannot leave the element that they stand in."""

import json
from typing import Any

import pyarrow as pa
import pytest

from annotator.report.html.packed import Packed, pack, pack_array, script_json


def unpacked(column: Packed) -> list[Any]:
    return [column["w"][code] for code in column["c"]] if isinstance(column, dict) else column


COLUMNS: list[list[Any]] = [
    [],
    [None, None, None],
    ["a", "b", "a", "a", None, "a"],
    [1, 2, 3, 4],
    [["x"], [], ["x"], ["x", "y"], ["x"], ["x"]],
    [{"ssh": 2}, {}, {"ssh": 2}, {"ssh": 2}],
    [True, False, True, True, True],
]


@pytest.mark.parametrize("values", COLUMNS)
def test_a_column_comes_back_as_it_was(values: list[Any]) -> None:
    """Whether values recur or not, through JSON too."""
    assert unpacked(json.loads(json.dumps(pack(values)))) == values


@pytest.mark.parametrize("values", [["a", None, "a", "b", "a", "a"], [1, 2, 3], [None, None, 5, None]])
def test_an_arrow_column_too(values: list[Any]) -> None:
    """Empty values stay empty."""
    assert unpacked(pack_array(pa.array(values))) == values


def test_what_recurs_stands_once() -> None:
    """A thousand equal words are one word."""
    assert pack(["unassigned"] * 1000) == {"w": ["unassigned"], "c": [0] * 1000}


@pytest.mark.parametrize("text", ["</script>", "<!--", "<script>", "&lt;", "]]>", "\u2028"])
def test_nothing_ends_the_element(text: str) -> None:
    """The JSON is the same, and holds no angle bracket."""
    written = script_json({"label": text})
    assert json.loads(written) == {"label": text}
    assert not set("<>&") & set(written)
