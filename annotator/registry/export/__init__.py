"""The registry in the forms that other programs read, one file a form.

Text forms that allow comments begin with where the registry came from and IANA's notice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from annotator.errors import RegistryError
from annotator.registry.notice import NOTICE
from annotator.registry.record import Record
from annotator.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class Form:
    """A form to export to."""

    name: str
    usage: str
    one_file_a_service: bool = False


FORMS: Final = {
    form.name: form
    for form in (
        Form("csv", "IANA's own columns, to be imported again"),
        Form("json", "every record as an object"),
        Form("services", "services(5): /etc/services"),
        Form("nmap", "nmap-services, for a folder of nmap --datadir"),
        Form("nftables", "definitions for nft: $svc_https_tcp"),
        Form("firewalld", "service definitions, a file for each service", one_file_a_service=True),
    )
}


def export(registry: Registry, form: str, names: Sequence[str] = ()) -> dict[str, bytes]:
    """Return the files that a registry becomes, by name; ``""`` is the name of the only one of most forms.

    Args:
        registry: what to export.
        form: a key of :data:`FORMS`.
        names: service names, upper and lower case alike, to limit it to; none for all.

    Raises:
        RegistryError: no service has one of the names.
    """
    records = _selected(registry, names)
    write: Callable[[Registry, Sequence[Record]], dict[str, bytes]]
    write = import_module(f"annotator.registry.export.to_{form}").write
    return write(registry, records)


def _selected(registry: Registry, names: Sequence[str]) -> Sequence[Record]:
    if not names:
        return registry.records
    wanted = {name.casefold(): name for name in names}
    selected = [record for record in registry.records if record.service_name.casefold() in wanted]
    missing = wanted.keys() - {record.service_name.casefold() for record in selected}
    if missing:
        raise RegistryError(
            f"no service is named {wanted[min(missing)]!r} in the registry; look for it with annotate lookup --search"
        )
    return selected


def comment_lines(registry: Registry, mark: str = "#") -> Iterator[str]:
    """Give the head of a text form: the registry's provenance and IANA's notice, as comments."""
    info = registry.info
    yield f"{mark} IANA's port registry of {info.updated}, {info.records} records, sha256 {info.sha256}"
    yield mark
    for line in NOTICE.split("\n"):
        yield f"{mark} {line}".rstrip()
    yield mark
