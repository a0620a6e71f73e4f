"""Whether a file that claims to be IANA's whole registry can be it."""

from collections.abc import Sequence
from typing import Final

from annotator.errors import RegistryError
from annotator.registry.describe import newest
from annotator.registry.forms.common import Imported
from annotator.registry.record import Record

ROW_FLOOR: Final = 14_000
"""IANA's registry has had more records than this since 2018; a file with fewer is not the whole of it."""

SHRINKAGE: Final = 0.95
"""The part of the present number of records that a newer version must have at least."""

_LANDMARKS: Final = (
    ("ssh", "22", "tcp"),
    ("domain", "53", "udp"),
    ("http", "80", "tcp"),
    ("https", "443", "tcp"),
)
"""Records without which nothing is the port registry: (name, port, transport)."""


def check_whole(name: str, imported: Imported) -> None:
    """See that a file holds the whole registry.

    Raises:
        RegistryError: it does not, and why.
    """
    count = len(imported.records)
    if imported.form == "page":
        raise RegistryError(f"{name}: the text of a web page, not a whole file: fetch the XML or CSV from IANA")
    if count < ROW_FLOOR:
        raise RegistryError(f"{name}: {count} records, but any whole registry has {ROW_FLOOR} or more: cut short?")
    held = {(record.service_name, record.port_range, record.transport) for record in imported.records}
    for landmark in _LANDMARKS:
        if landmark not in held:
            raise RegistryError(f"{name}: no record of {landmark[0]} on {landmark[1]}/{landmark[2]}: not the registry")


def check_newer(name: str, imported: Imported, present: Sequence[Record]) -> None:
    """See that a file can take the place of the records in use.

    Raises:
        RegistryError: it has far fewer records, or its newest is older than theirs.
    """
    count = len(imported.records)
    if count < SHRINKAGE * len(present):
        raise RegistryError(f"{name}: {count} records after {len(present)}: far fewer; give --force if it is right")
    date, present_date = newest(imported.records), newest(present)
    if date < present_date:
        raise RegistryError(
            f"{name}: its newest record is of {date or 'no date'}, the one in use has one of {present_date}; "
            "give --force to go back"
        )
