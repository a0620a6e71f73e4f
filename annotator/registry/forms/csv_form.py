"""IANA's CSV: CRLF or LF between records, LF inside fields, column 11 under either of its titles."""

import csv
import io
from collections import Counter
from typing import Final

from annotator.errors import RegistryError
from annotator.registry.forms.common import Imported, decode, make_record
from annotator.registry.record import FIELDS, IANA_COLUMNS

_FIELD_OF: Final = {
    **dict(zip((title.lower() for title in IANA_COLUMNS), FIELDS, strict=False)),
    "known unauthorized uses": "unauthorized_use",  # the title of column 11 until 2018
}
_NEEDED: Final = frozenset(FIELDS[:12]) - {"assignee", "contact", "notes"}


def looks_like_csv(head: str) -> bool:
    """Tell whether a file's first line is the title line of IANA's CSV."""
    titles = {title.strip().strip('"').lower() for title in head.partition("\n")[0].split(",")}
    return {"service name", "port number"} <= titles


def read_csv(data: bytes, name: str) -> Imported:
    """Read IANA's CSV; unknown extra columns are passed over and counted.

    Raises:
        RegistryError: a column is missing, a record is cut off or malformed; the message names the line.
    """
    oddities: Counter[str] = Counter()
    reader = csv.reader(io.StringIO(decode(data, oddities), newline=""), strict=True)
    records = []
    try:
        fields = [_FIELD_OF.get(title.strip().lower(), "") for title in next(reader, [])]
        missing = _NEEDED.difference(fields)
        if missing:
            raise RegistryError(f"{name}: no column for {', '.join(sorted(missing))}: not IANA's CSV")
        if extra := fields.count(""):
            oddities["unknown columns, passed over"] += extra
        for row in reader:
            if not row:
                continue
            if len(row) != len(fields):
                raise RegistryError(
                    f"{name}, line {reader.line_num}: {len(row)} fields instead of {len(fields)}; "
                    "the file is cut short or damaged: fetch it again"
                )
            values = {field: value for field, value in zip(fields, row, strict=True) if field}
            records.append(make_record(values, f"{name}, line {reader.line_num}", oddities))
    except csv.Error as error:
        raise RegistryError(
            f"{name}, line {reader.line_num}: {error}; the file is cut short or damaged: fetch it again"
        ) from None
    return Imported("csv", records, "", oddities)
