"""Rows as NDJSON: one JSON object a line, with the columns as members.

IANA's notice is the member ``caveat`` of each, and ``narrowed`` says so where ``--only`` left rows out: a line has to
make sense alone.
"""

import json
from collections.abc import Iterator

from annotator.report.provenance import said_of_rows
from annotator.report.report import Report


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes, a batch of rows at a time."""
    del flows  # a table of flows has them anyway
    from annotator.report.flow_rows import Form
    from annotator.report.tables import json_objects, rows_of

    more = {name: json.dumps(text) for name, text in said_of_rows(report).items()}
    for batch in rows_of(report, rows).batches(Form.JSON):
        yield json_objects(batch, "", "\n", more)
