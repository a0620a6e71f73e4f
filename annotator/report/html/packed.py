"""Columns as JSON that is small: values that recur stand once, and are pointed at.

A column is a list of values, or ``{"w": [different values], "c": [index into them, one a row]}``.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

Packed = list[Any] | dict[str, list[Any]]

_RECURS: Final = 0.5
"""Share of different values up to which pointing at them pays."""


def pack(values: Sequence[Any]) -> Packed:
    """Pack the values of a column, as JSON has them."""
    nested = any(isinstance(value, (list, dict)) for value in values[:1])  # a column holds one kind
    keys = list(map(repr, values)) if nested else values
    first = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))  # where each occurs first
    if len(first) > _RECURS * len(values):
        return list(values)
    number = {key: code for code, key in enumerate(first)}
    return {"w": [values[place] for place in first.values()], "c": list(map(number.__getitem__, keys))}


def pack_array(array: "pa.Array[Any]") -> Packed:
    """Pack a column of Arrow's."""
    encoded = array.dictionary_encode(null_encoding="encode")
    if len(encoded.dictionary) <= _RECURS * len(array):
        return {"w": encoded.dictionary.to_pylist(), "c": encoded.indices.to_pylist()}
    return array.to_pylist()


def script_json(value: Any) -> str:
    """Write JSON that can stand in a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
