"""The JSON of a column's values, many at a time; and of rows, as objects.

The text is what ``json.dumps(value, ensure_ascii=False)`` gives: a call of that for each value would take longer than
all else.
"""

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final

from annotator.report.columns import Column, Kind
from annotator.report.records import AT_ONCE, Records

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=("\n", ": "))
"""Puts a line's end between values: within a value's own JSON there is none."""


def _each(values: list[Any]) -> list[str]:
    """Give the JSON of each of some texts, numbers, flags or None."""
    return _ENCODER.encode(values)[1:-1].split("\n") if values else []


def json_texts(kind: Kind, values: list[Any]) -> list[str]:
    """Give the JSON of the values of a column; of None it is ``null``."""
    if kind is Kind.LIST:
        items = iter(_each(list(chain.from_iterable(values))))
        return [f"[{', '.join(islice(items, len(value)))}]" for value in values]
    if kind is Kind.TALLY:
        words = list(set(chain.from_iterable(values)))
        known = dict(zip(words, _each(words), strict=True))
        return ["{" + ", ".join([f"{known[word]}: {n}" for word, n in value.items()]) + "}" for value in values]
    return _each(values)


def json_rows(records: Records) -> Iterator[list[str]]:
    """Give the JSON objects of all rows, some at a time: that of ``json.dumps(row, ensure_ascii=False)``."""
    names = [json.dumps(column.name).replace("%", "%%") for column in records.columns]
    row = "{" + ", ".join(f"{name}: %s" for name in names) + "}"
    for start in range(0, len(records), AT_ONCE):
        places = range(start, min(start + AT_ONCE, len(records)))
        yield [row % texts for texts in zip(*_texts(records.columns, records.values(places)), strict=True)]


def _texts(columns: tuple[Column, ...], values: list[list[Any]]) -> Iterator[list[str]]:
    return (json_texts(column.kind, some) for column, some in zip(columns, values, strict=True))
