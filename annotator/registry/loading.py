"""Open a registry: the embedded one, the one that the user chose, or a file in any form."""

from functools import cache
from pathlib import Path
from typing import Final

from annotator.errors import RegistryError
from annotator.registry.data_files import SNAPSHOT
from annotator.registry.registry import Registry
from annotator.registry.snapshot import MAGIC, decode_snapshot
from annotator.registry.store import Store

MAX_BYTES: Final = 16 << 20
"""A file larger than this is not IANA's registry: its largest form has 4 MB."""


def load(path: str | Path | None = None) -> Registry:
    """Open a registry.

    Args:
        path: a compiled snapshot, or a file in any form that IANA publishes; None for the one that the user
            chose (``annotate registry use`` or ``update``), else the one embedded in the package.

    Raises:
        RegistryError: the file cannot be read, or is no registry.
    """
    if path is None:
        return load_chosen(Store())
    return open_registry(read_file(path), str(path))


def load_chosen(store: Store) -> Registry:
    """Open the registry that the user chose, the embedded one where none was chosen.

    Raises:
        RegistryError: what was chosen is damaged or gone; the message says how to choose another.
    """
    sha256 = store.chosen()
    if sha256 is None:
        return load_embedded()
    return Registry(*decode_snapshot(store.read(sha256), str(store.path(sha256))))


def read_file(path: str | Path) -> bytes:
    """Return the bytes of a registry file.

    Raises:
        RegistryError: it cannot be read, or is larger than any registry.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RegistryError(f"{path}: cannot be read ({error.strerror}); give a file of IANA's port registry") from None
    if len(data) > MAX_BYTES:
        raise RegistryError(f"{path}: larger than {MAX_BYTES >> 20} MB: not IANA's port registry")
    return data


@cache
def load_embedded() -> Registry:
    """Open the snapshot that the package carries."""
    return Registry(*decode_snapshot(SNAPSHOT.read_bytes(), "the embedded registry"))


def open_registry(data: bytes, name: str) -> Registry:
    """Open a registry of which the bytes are at hand; ``name`` is what the user calls it."""
    if data.startswith(MAGIC):
        return Registry(*decode_snapshot(data, name))
    from annotator.registry.describe import describe
    from annotator.registry.forms.recognise import read_form
    from annotator.registry.rows import Rows

    imported = read_form(data, name, known_texts)
    rows = Rows.from_records(imported.records)
    return Registry(describe(data, name, imported), rows, lambda: imported.annex)


def known_texts(service_name: str, port_range: str, transport: str) -> frozenset[str]:
    """Return the descriptions that the embedded registry has of a record (for reading IANA's plain text)."""
    return _descriptions().get((service_name, port_range, transport), frozenset())


@cache
def _descriptions() -> dict[tuple[str, str, str], frozenset[str]]:
    columns = map(load_embedded().records.column, ("service_name", "port_range", "transport", "description"))
    found: dict[tuple[str, str, str], frozenset[str]] = {}
    for name, ports, transport, description in zip(*columns, strict=True):
        key = (name, ports, transport)
        found[key] = found.get(key, frozenset()) | {description}
    return found
