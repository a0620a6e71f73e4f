"""The rows that table formats hold: flows, or the records of another of the report's tables, as Arrow batches."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa

from annotator.report.arrow import Array, join
from annotator.report.columns import Column, Kind
from annotator.report.flow_rows import ARROW, BATCH_ROWS, Form
from annotator.report.json_values import json_texts
from annotator.report.records import Records
from annotator.report.report import Report
from annotator.report.sanitize import cell


class Rows(Protocol):
    """Rows of one kind."""

    def __len__(self) -> int:
        """Count them."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """Their columns, in order."""

    def batches(self, form: Form) -> Iterator[pa.RecordBatch]:
        """Give the rows, some at a time, in one of the forms."""


class RecordRows:
    """The rows of :class:`Records`."""

    def __init__(self, records: Records) -> None:
        """Offer `records` as batches."""
        self.columns = records.columns
        self._records = records

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._records)

    def batches(self, form: Form) -> Iterator[pa.RecordBatch]:
        """Give the rows in the form TYPED, CODED (the same), CELLS or JSON."""
        make = _MAKERS[form]
        for start in range(0, len(self._records), BATCH_ROWS):
            values = self._records.values(range(start, min(start + BATCH_ROWS, len(self))))
            arrays = [make(column, some) for column, some in zip(self.columns, values, strict=True)]
            yield pa.record_batch(arrays, names=[column.name for column in self.columns])


def _json_column(column: Column, values: list[Any]) -> Array:
    texts = json_texts(column.kind, values)
    return pa.array([None if text == "null" else text for text in texts], pa.string())


def _flat_column(column: Column, values: list[Any]) -> Array:
    match column.kind:
        case Kind.LIST:
            return pa.array([cell(" ".join(value)) or None for value in values], pa.string())
        case Kind.TALLY:
            return pa.array([" ".join(f"{w}={n}" for w, n in value.items()) or None for value in values], pa.string())
        case Kind.TEXT | Kind.WORD | Kind.TIME:
            return pa.array([value and cell(value) for value in values], pa.string())
        case _:
            numbers: Array = pa.array(values, ARROW[column.kind])
            return numbers


def _typed_column(column: Column, values: list[Any]) -> Array:
    typed: Array
    if column.kind is Kind.TIME:
        texts = np.array([value.removesuffix("Z") if value else "NaT" for value in values], "datetime64[ns]")
        typed = pa.array(texts).cast(ARROW[Kind.TIME])
    else:
        typed = pa.array(values, ARROW[column.kind], from_pandas=False)
    return typed


_MAKERS: Final[dict[Form, Callable[[Column, list[Any]], Array]]] = {
    Form.TYPED: _typed_column,
    Form.CODED: _typed_column,
    Form.CELLS: _flat_column,
    Form.JSON: _json_column,
}


def rows_of(report: Report, rows: str) -> Rows:
    """Give the rows of a report by their name in :data:`annotator.report.formats.ROWS`."""
    match rows:
        case "services":
            return RecordRows(report.services)
        case "unknown":
            return RecordRows(report.unknown_ports)
        case "disagreements":
            return RecordRows(report.disagreements)
        case "endpoints":
            return RecordRows(report.endpoints)
        case _:
            return report.flow_rows


def json_objects(batch: pa.RecordBatch, before: str, after: str, more: Mapping[str, str] | None = None) -> bytes:
    """Give the rows of a batch of the form JSON as JSON objects, with a text before and after each.

    `more` are members, as JSON text, that every object gets at its end.
    """
    parts: list[Any] = [before + "{"]
    for place, name in enumerate(batch.schema.names):
        parts += [f"{',' if place else ''}{json.dumps(name)}:", batch.column(place)]
    ending = "".join(f",{json.dumps(name)}:{value}" for name, value in (more or {}).items())
    return joined(join(*parts, f"{ending}}}{after}", missing="null"))


def joined(lines: Any) -> bytes:
    """Give the texts of a column, made by a function of Arrow's, one after another."""
    if not len(lines):
        return b""
    _, offsets, text = lines.buffers()  # they already stand so in Arrow's memory
    end = int(np.frombuffer(offsets, np.int32)[len(lines)])
    return bytes(text.slice(0, end))
