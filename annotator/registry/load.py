"""Open a registry: the embedded one, the one that the user chose, or a file in any form."""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from annotator.errors import RegistryError
from annotator.registry.registry import Registry
from annotator.registry.snapshot import MAGIC, decode_snapshot

EMBEDDED: Final = "iana.snapshot"


def load(path: str | Path | None = None) -> Registry:
    """Open a registry.

    Args:
        path: a compiled snapshot, or a file in any form that IANA publishes; None for the one that the user
            chose (``annotate registry use`` or ``update``), else the one embedded in the package.

    Raises:
        RegistryError: the file cannot be read, or is no registry.
    """
    if path is None:
        return load_embedded()
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise RegistryError(f"{path}: cannot be read ({error.strerror}); give a file of IANA's registry") from None
    return open_registry(data, str(path))


@cache
def load_embedded() -> Registry:
    """Open the snapshot that the package carries."""
    data = resources.files("annotator.registry").joinpath("data", EMBEDDED).read_bytes()
    return Registry(*decode_snapshot(data, f"the embedded registry ({EMBEDDED})"))


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
