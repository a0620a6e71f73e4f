"""The provenance of an imported file."""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from annotator.registry.forms.common import Imported
from annotator.registry.info import RegistryInfo
from annotator.registry.record import Record

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def describe(data: bytes, source: str, imported: Imported, updated: str = "") -> RegistryInfo:
    """Say where a registry came from.

    Args:
        data: IANA's file, for its hash.
        source: its URL, or the path that the user typed.
        imported: what was read of it.
        updated: the registry's date where it is known otherwise (IANA's CSV carries none).
    """
    stated = updated or imported.updated
    return RegistryInfo(
        updated=stated or newest(imported.records),
        sha256=hashlib.sha256(data).hexdigest(),
        records=len(imported.records),
        source=source,
        updated_basis="stated" if stated else "newest record",
        form=imported.form,
        remarks=tuple(f"{oddity} ({count})" for oddity, count in sorted(imported.oddities.items())),
    )


def newest(records: Iterable[Record]) -> str:
    """Return the newest complete date of any record, or ``""``: a registry is not older than what stands in it."""
    dates = (
        date
        for record in records
        for date in (record.registration_date, record.modification_date)
        if _DAY.fullmatch(date)
    )
    return max(dates, default="")
