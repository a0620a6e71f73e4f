"""Nested JSON out of columns: members that are not there, constants, lists, objects within objects."""

import json
from typing import Any

import pyarrow as pa
import pytest

from annotator.report.json_shape import Shape, objects, only, quoted, whole, words


def read(shape: Shape) -> list[Any]:
    return [None if text is None else json.loads(text) for text in objects(shape).to_pylist()]


def test_members_that_are_missing_are_left_out() -> None:
    """A row has the members that it has a value for, in the shape's order."""
    shape = {"a": whole([1, 2]), "b": whole([0, 3], [True, False]), "c": '"x"'}
    assert [list(row.items()) for row in read(shape)] == [[("a", 1), ("c", "x")], [("a", 2), ("b", 3), ("c", "x")]]


def test_an_object_is_there_if_its_first_member_is() -> None:
    """At any depth; an object of constants always is."""
    inner = {"id": quoted([7, 0], [False, True]), "kind": '"vlan"'}
    shape = {"n": whole([1, 2]), "inner": {"vlan": inner}, "fixed": {"x": "1", "y": {"z": "[]"}}}
    fixed = {"x": 1, "y": {"z": []}}
    assert read(shape) == [
        {"n": 1, "inner": {"vlan": {"id": "7", "kind": "vlan"}}, "fixed": fixed},
        {"n": 2, "fixed": fixed},
    ]


def test_a_constant_may_come_first() -> None:
    """Then every row has the object, whatever follows."""
    assert read({"v": "1", "a": whole([5, 0], [False, True])}) == [{"v": 1, "a": 5}, {"v": 1}]


def test_lists_hold_columns() -> None:
    """An array of each row's values."""
    assert read({"ip": [pa.array(['"a"', '"b"']), pa.array(['"c"', '"d"'])]}) == [
        {"ip": ["a", "c"]},
        {"ip": ["b", "d"]},
    ]


def test_words_and_conditions() -> None:
    """Codes become what stands for them; a column may count only in some rows."""
    column = words({0: "no", 1: ["a", "b"]}, pa.array([1, 0, 1]))
    assert read({"w": column, "o": only(column, [True, False, False])}) == [
        {"w": ["a", "b"], "o": ["a", "b"]},
        {"w": "no"},
        {"w": ["a", "b"]},
    ]


def test_a_shape_of_constants_says_nothing_of_rows() -> None:
    """Nobody could tell how many there are."""
    with pytest.raises(TypeError):
        objects({"a": "1"})
