"""The report as one JSON object, in UTF-8, indented; long tables are written row by row, one row a line."""

import json
from collections.abc import Iterable, Iterator

from annotator.report.json_values import json_rows
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
            yield from _lines(json_rows(part))
        else:
            yield json.dumps(part, ensure_ascii=False, indent=2).replace("\n", "\n  ").encode()
    if flows:
        yield f'{opening}  "flows": '.encode()
        yield from _flow_rows(report)
    yield b"\n}\n"


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


def _lines(objects: Iterable[list[str]]) -> Iterator[bytes]:
    """Write a list, one object a line; they come some at a time."""
    opening = "["
    for texts in objects:
        rows = ",\n    ".join(texts)
        yield f"{opening}\n    {rows}".encode()
        opening = ","
    yield b"[]" if opening == "[" else b"\n  ]"
