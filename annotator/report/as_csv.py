"""Rows as CSV (RFC 4180): text is quoted, numbers are not, what is not there is empty, lines end in LF.

IANA's notice and the registry's date and hash stand in lines that begin with ``#`` on top; pandas skips them with
``comment="#"``. A text that a spreadsheet would run as a formula has an apostrophe before it.
"""

import io
from collections.abc import Iterator

from annotator.report.provenance import provenance_line
from annotator.report.report import Report
from annotator.report.sanitize import comment


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes, a batch of rows at a time."""
    del flows  # a table of flows has them anyway
    return separated(report, rows, ",")


def separated(report: Report, rows: str, delimiter: str) -> Iterator[bytes]:
    """Give rows as text with a delimiter between columns."""
    import pyarrow as pa
    import pyarrow.csv as pc

    from annotator.report.flow_rows import Form
    from annotator.report.tables import rows_of

    table = rows_of(report, rows)
    lines = [*report.caveat.splitlines(), comment(provenance_line(report))]
    yield "".join(f"# {line}".rstrip() + "\n" for line in lines).encode()
    yield (delimiter.join(f'"{column.name}"' for column in table.columns) + "\n").encode()
    # "needed" is a matter of type to Arrow: every text is quoted, no number is
    options = pc.WriteOptions(include_header=False, quoting_style="needed", delimiter=delimiter)
    for batch in table.batches(Form.CELLS):
        sink = io.BytesIO()
        pc.write_csv(pa.Table.from_batches([batch]), sink, options)
        yield sink.getvalue()
