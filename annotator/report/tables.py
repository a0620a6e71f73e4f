"""The rows that table formats hold: flows, or the records of another of the report's tables, as Arrow batches."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from annotator.report.columns import Column, Kind
from annotator.report.flow_rows import ARROW, BATCH_ROWS, Array, Form
from annotator.report.records import Records
from annotator.report.report import Report
from annotator.report.sanitize import cell


class Rows(Protocol):
    """Rows of one kind."""

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

    def batches(self, form: Form) -> Iterator[pa.RecordBatch]:
        """Give the rows in the form CELLS or JSON."""
        for start in range(0, len(self._records), BATCH_ROWS):
            records = self._records[start : start + BATCH_ROWS]
            arrays = [
                _json_column([record[column.name] for record in records])
                if form is Form.JSON
                else _flat_column(column, [record[column.name] for record in records])
                for column in self.columns
            ]
            yield pa.record_batch(arrays, names=[column.name for column in self.columns])


def _json_column(values: list[Any]) -> Array:
    return pa.array([None if value is None else json.dumps(value, ensure_ascii=False) for value in values], pa.string())


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
    import pyarrow.compute as pc

    parts: list[Any] = [before + "{"]
    for place, name in enumerate(batch.schema.names):
        parts += [f"{',' if place else ''}{json.dumps(name)}:", batch.column(place)]
    ending = "".join(f",{json.dumps(name)}:{value}" for name, value in (more or {}).items())
    lines = pc.binary_join_element_wise(
        *parts, f"{ending}}}{after}", "", null_handling="replace", null_replacement="null"
    )
    if not len(lines):
        return b""
    _, offsets, text = lines.buffers()  # the rows already stand one after another in Arrow's memory
    end = int(np.frombuffer(offsets, np.int32)[len(lines)])
    return bytes(text.slice(0, end))
