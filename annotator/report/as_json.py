"""The report as one JSON object, in UTF-8, indented; long tables are written row by row, one row a line."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from annotator.report.records import Records
from annotator.report.report import Report


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes; `flows` adds a member ``flows`` with the flow rows."""
    del rows  # a document holds every table
    opening = "{\n"
    for name, part in report.members():
        yield f"{opening}  {json.dumps(name)}: ".encode()
        opening = ",\n"
        if isinstance(part, Records):
            yield from _lines(_compact(row) for row in part)
        else:
            yield json.dumps(part, ensure_ascii=False, indent=2).replace("\n", "\n  ").encode()
    if flows:
        yield f'{opening}  "flows": '.encode()
        yield from _flow_rows(report)
    yield b"\n}\n"


def _compact(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _flow_rows(report: Report) -> Iterator[bytes]:
    """Write the flow rows as a list, one object a line."""
    from annotator.report.flow_rows import Form
    from annotator.report.tables import json_objects

    ending = b"["
    for batch in report.flow_rows.batches(Form.JSON):
        yield ending
        rows = json_objects(batch, "\n    ", ",")
        yield rows[:-1]
        ending = rows[-1:]
    yield b"[]" if ending == b"[" else b"\n  ]"


def _lines(objects: Iterable[str]) -> Iterator[bytes]:
    """Write a list, one object a line."""
    opening = "["
    for text in objects:
        yield f"{opening}\n    {text}".encode()
        opening = ","
    yield b"[]" if opening == "[" else b"\n  ]"
