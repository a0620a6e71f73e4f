"""Nested JSON objects out of columns, many rows at a time: what formats with a shape of their own are made with.

A shape is a dict from a member's name to what it holds:

- a column of JSON texts (as :class:`~annotator.report.flow_rows.Form` JSON makes them); a row without a value has no
  such member,
- a text: JSON that is the same in every row,
- a list of columns: an array of their values, all of which are there,
- another shape: an object, which a row has if it has the object's first member.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, Union

import pyarrow as pa

from annotator.report.arrow import Array, compute, join
from annotator.report.flow_rows import BATCH_ROWS, Form
from annotator.report.tables import joined

if TYPE_CHECKING:
    from annotator.model import Flows
    from annotator.report.report import Report

Member: TypeAlias = Union[str, Array, Sequence[Array], "Shape"]
Shape: TypeAlias = Mapping[str, Member]


def objects(shape: Shape) -> Array:
    """Give the JSON objects of all rows, one text each; a row without the first member is null."""
    text: str | Array = _text(shape)
    if isinstance(text, str):
        raise TypeError("a shape without a column says nothing of rows")
    return text


def _text(member: Any) -> Any:
    """Give a member's JSON: a text where all rows have the same, else a column."""
    if isinstance(member, str | pa.Array):
        return member
    if isinstance(member, Mapping):
        return _object(member)
    parts = [part for value in member for part in (",", value)][1:]
    return join("[", *parts, "]")


def _object(shape: Shape) -> Any:
    made = [(f"{json.dumps(name)}:", _text(member)) for name, member in shape.items()]
    if all(isinstance(text, str) for _, text in made):
        return "{" + ",".join(name + text for name, text in made) + "}"
    (first_name, first), rest = made[0], made[1:]
    parts = [f",{name}{text}" if isinstance(text, str) else join(f",{name}", text) for name, text in rest]
    # the head is null where the first member is, and then the whole is
    return join(join("{" + first_name, first), join(*parts, "}", missing=""))


def whole(numbers: Any, missing: Any = None) -> Array:
    """Give whole numbers as a column; there is none where `missing` holds."""
    column: Array = pa.array(numbers, mask=missing).cast(pa.string())
    return column


def quoted(numbers: Any, missing: Any = None) -> Array:
    """Give whole numbers as JSON strings."""
    column: Array = join('"', whole(numbers, missing), '"')
    return column


def words(of_code: Mapping[int, Any], codes: Any) -> Array:
    """Give what stands for codes, as JSON; `of_code` knows all from 0 on."""
    made = [json.dumps(of_code[code]) for code in range(len(of_code))]
    column: Array = pa.array(made, pa.string()).take(pa.array(codes))
    return column


def only(column: Array, where: Any) -> Array:
    """Give a column only where a condition holds."""
    chosen: Array = compute.if_else(pa.array(where), column, pa.scalar(None, pa.string()))
    return chosen


CARRIED: Final = frozenset(
    {
        *("first_seen", "last_seen", "initiator_addr", "initiator_port", "responder_addr", "responder_port"),
        *("initiator_packets", "responder_packets", "initiator_bytes", "responder_bytes", "community_id"),
    }
)
"""Flow columns that ECS and OCSF both have a field for, in the same meaning and with nothing lost."""

ShapeOf = Callable[["Report", pa.RecordBatch, "Flows", slice], Shape]
"""Makes the shape of some flows, of the report, their rows in the form JSON, all codes, and which flows they are."""


def flow_objects(report: "Report", shape_of: ShapeOf) -> Iterator[bytes]:
    """Give a file's bytes with one object a flow and line, a batch of flows at a time."""
    table = report.flow_rows
    for number, batch in enumerate(table.batches(Form.JSON)):
        start = number * BATCH_ROWS
        shape = shape_of(report, batch, table.codes, slice(start, start + len(batch)))
        yield joined(join(objects(shape), "\n"))
