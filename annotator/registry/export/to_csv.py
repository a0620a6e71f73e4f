"""IANA's CSV: its columns and titles, CRLF between records.

Where the registry holds no notes (the embedded snapshot), the facts that were in them stand in their column, marked,
so that a file that is imported again says the same.
"""

import csv
import io
from collections.abc import Sequence

from annotator.registry.facts import FACTS_MARK
from annotator.registry.record import FIELDS, IANA_COLUMNS, Record
from annotator.registry.registry import Registry


def write(registry: Registry, records: Sequence[Record]) -> dict[str, bytes]:
    """Return the file."""
    del registry
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(IANA_COLUMNS)
    for record in records:
        row = [getattr(record, field) or "" for field in FIELDS[: len(IANA_COLUMNS)]]
        if record.notes is None and record.facts:
            row[-1] = FACTS_MARK + "; ".join(record.facts)
        writer.writerow(row)
    return {"": text.getvalue().encode()}
