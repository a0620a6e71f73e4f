"""Registries made for a test: records from short words, and strategies that draw them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from hypothesis import strategies as st

from annotator.errors import RegistryError
from annotator.registry.facts import facts_of, row_status
from annotator.registry.info import RegistryInfo
from annotator.registry.ranges import TRANSPORTS, format_ports
from annotator.registry.record import IANA_COLUMNS, Record
from annotator.registry.registry import Registry
from annotator.registry.rows import Rows


def record(
    name: str = "",
    ports: str = "",
    transport: str = "",
    description: str = "",
    notes: str = "",
    **others: str,
) -> Record:
    """Make a record as a form would read it."""
    fields = dict.fromkeys(
        ("assignee", "contact", "registration_date", "modification_date", "reference", "service_code"), ""
    )
    return Record(
        service_name=name,
        port_range=ports,
        transport=transport,
        description=description,
        notes=notes,
        row_status=row_status(name, description),
        facts=facts_of(description, notes),
        **{"unauthorized_use": "", **fields, **others},
    )


def registry_of(records: Sequence[Record]) -> Registry:
    """Make a registry of records."""
    info = RegistryInfo("2026-01-02", "0" * 64, len(records), "made for a test")
    return Registry(info, Rows.from_records(records))


def csv_of(*rows: str, titles: Sequence[str] = IANA_COLUMNS) -> bytes:
    """Make a CSV file of IANA's, of rows that are written as they stand there."""
    return "\r\n".join([",".join(titles), *rows, ""]).encode()


NAMES = st.sampled_from(("", "", "http", "https", "ssh", "x11", "www", "914c/g"))
DESCRIPTIONS = st.sampled_from(
    ("Reserved", "Unassigned", "De-registered", "any private mail system", "", "World Wide Web", "Removed")
)
TRANSPORT = st.sampled_from((*TRANSPORTS, ""))
# Few numbers, close to each other and to the edges, so that records overlap.
PORT = st.one_of(st.integers(0, 12), st.integers(1018, 1030), st.integers(49145, 49160), st.integers(65528, 65535))


@st.composite
def drawn_records(draw: st.DrawFn) -> Record:
    """Draw a record that may overlap others."""
    first = draw(PORT)
    last = min(65535, first + draw(st.sampled_from((0, 0, 0, 1, 3, 9, 70))))
    ports = draw(st.sampled_from((format_ports(first, last), f"{first}-{last}", "")))
    return record(draw(NAMES), ports, draw(TRANSPORT), draw(DESCRIPTIONS))


def refusal(attempt: Callable[[], object]) -> str:
    """Try something, and return the words with which it is refused, or nothing; any other error passes through."""
    try:
        attempt()
    except RegistryError as error:
        return str(error)
    return ""


def names(folder: Path) -> list[str]:
    """Give the names of what is in a folder."""
    return sorted(path.name for path in folder.iterdir())
