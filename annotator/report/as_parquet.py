"""Rows as Parquet, in the types of the library's DataFrame: times are ``timestamp[ns, UTC]``, words dictionaries.

What each column means stands in its field's metadata (``doc``, ``unit``, ``source``, ``careful``); IANA's notice, the
registry's date and hash, the captures and the settings are in the file's own metadata, under names that begin with
``annotator.``, and so are readable without reading a row (``pyarrow.parquet.read_schema``). Lists are lists of text,
tallies maps from a word to a number.
"""

import io
import json
from base64 import b64encode
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from annotator.report.columns import Column, Kind
from annotator.report.provenance import provenance_line
from annotator.report.report import Report

if TYPE_CHECKING:
    import pyarrow as pa

    from annotator.report.tables import Rows

COMPRESSION: Final = "zstd"
BUFFER: Final = 1 << 20
"""Bytes that are held before they are handed on."""
UNIQUE: Final = frozenset({"community_id"})
"""Texts that hardly repeat: looking for repetitions would only cost time."""
DIFFERENCES: Final = (Kind.TIME, Kind.INTEGER)
"""Kinds that are written as differences, in as many bits as these take (DELTA_BINARY_PACKED): in half of the time that
whole numbers take to compress. Times and frame numbers take less room so, counts of packets and bytes somewhat more."""


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes, a row group of up to 65,536 rows at a time; the next one is made while one is written."""
    del flows  # a table of flows has them anyway
    from concurrent.futures import ThreadPoolExecutor

    import pyarrow as pa
    import pyarrow.parquet as pq

    from annotator.report.flow_rows import Form
    from annotator.report.tables import rows_of

    table = rows_of(report, rows)
    batches = table.batches(Form.CODED)
    first = next(batches, None)
    schema = schema_of(report, table, rows)
    written = _as_written(schema, first)
    kinds = {column.name: column.kind for column in table.columns}
    sink = _Sink()
    # each page is a call of write(), which waits for the interpreter's lock: there are to be few
    stream = pa.BufferedOutputStream(pa.PythonFile(sink, "w"), BUFFER)
    writer = pq.ParquetWriter(
        stream,
        written,
        compression=COMPRESSION,
        version="2.6",  # the first with nanoseconds
        write_statistics=[field.name for field in schema if not _repeats(field.type)],
        use_dictionary=[field.name for field in schema if field.name not in UNIQUE and _repeats(field.type)],  # type: ignore[arg-type]  # the published types know no list
        column_encoding={name: "DELTA_BINARY_PACKED" for name, kind in kinds.items() if kind in DIFFERENCES},
        store_schema=False,
    )
    writer.add_key_value_metadata(_file_metadata(schema))
    with ThreadPoolExecutor(1) as thread:
        under_way = None
        for batch in chain((first,) if first else (), batches):
            group = pa.RecordBatch.from_arrays(batch.columns, schema=written)
            if under_way:
                under_way.result()
            yield sink.take()
            under_way = thread.submit(writer.write_batch, group)
        if under_way:
            under_way.result()
    writer.close()
    stream.flush()
    yield sink.take()


def _as_written(schema: "pa.Schema", batch: "pa.RecordBatch | None") -> "pa.Schema":
    """Give the schema of the rows as they are handed to the writer.

    A text column that comes as a dictionary is written as one, without a look at each text: in the file it is the
    same as a column of texts.
    """
    import pyarrow as pa

    if batch is None:
        return schema
    return pa.schema([field.with_type(array.type) for field, array in zip(schema, batch.columns, strict=True)])


def _file_metadata(schema: "pa.Schema") -> dict[str, str]:
    """Give what is said of the file, and the schema that pyarrow and pandas read it by, as Arrow itself stores it.

    Source: Arrow's documentation of Parquet, "Serializing the Arrow schema": the schema as an IPC message, in base64.
    """
    said = {name.decode(): text.decode() for name, text in (schema.metadata or {}).items()}
    return said | {"ARROW:schema": b64encode(schema.serialize()).decode()}


def schema_of(report: Report, table: "Rows", rows: str) -> "pa.Schema":
    """Give the Arrow schema of a table of the report, with what is said of file and columns as metadata."""
    import pyarrow as pa

    from annotator.report.flow_rows import ARROW

    fields = [
        pa.field(column.name, ARROW[column.kind], nullable=True, metadata=_column_metadata(column))
        for column in table.columns
    ]
    said = {
        "annotator.notice": report.caveat,
        "annotator.registry": json.dumps(report.registry, ensure_ascii=False),
        "annotator.captures": json.dumps(report.captures, ensure_ascii=False),
        "annotator.options": json.dumps(report.options, ensure_ascii=False),
        "annotator.tool": json.dumps(report.tool, ensure_ascii=False),
        "annotator.table": rows,
        "annotator.made_by": provenance_line(report),
    }
    return pa.schema(fields, {name.encode(): text.encode() for name, text in said.items()})


def _column_metadata(column: Column) -> dict[bytes | str, bytes | str]:
    unit = {Kind.TIME: "ns since 1970-01-01 UTC"}.get(column.kind, column.unit)
    said = {"doc": column.doc, "unit": unit, "source": column.source, "careful": column.lies}
    return {name: text for name, text in said.items() if text}


def _repeats(kind: "pa.DataType") -> bool:
    import pyarrow.types as pt

    return pt.is_string(kind) or pt.is_dictionary(kind) or pt.is_nested(kind)


class _Sink(io.RawIOBase):
    """A file that only remembers what was written since it was last asked."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._written += len(part)
        return len(part)

    def tell(self) -> int:
        return self._written

    def take(self) -> bytes:
        """Give what was written, once."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
