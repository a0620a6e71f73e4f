"""What changed between two versions of the registry: records added, removed and changed.

Records are keyed by service name, port and transport; of several with one key the first is compared with the first.
Only fields that both versions hold are compared (the embedded snapshot has no notes: the facts in them are compared
instead), and white space was normalised when they were read, so that a change of layout is none of the registry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from annotator.registry.info import RegistryInfo
from annotator.registry.record import FIELDS, Record
from annotator.registry.registry import Registry

Key: TypeAlias = tuple[str, str, str, int]
"""Service name, port or range, transport, and which of the records of that name, port and transport."""

_KEY_FIELDS: Final = frozenset({"service_name", "port_range", "transport"})
_DERIVED: Final = frozenset({"row_status", "facts", "doubtful"})


@dataclass(frozen=True, slots=True)
class Change:
    """A record that both versions have, but not alike."""

    before: Record
    after: Record
    fields: tuple[str, ...]
    """The fields that differ, in the order of :data:`FIELDS`."""


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference of two versions; each list is in IANA's order."""

    old: RegistryInfo
    new: RegistryInfo
    added: list[Record]
    removed: list[Record]
    changed: list[Change]
    not_compared: tuple[str, ...]
    """Fields that one of the versions does not hold."""


def compare(old: Registry, new: Registry) -> Diff:
    """Compare two versions of the registry."""
    held = set(old.records.fields) & set(new.records.fields)
    not_compared = tuple(field for field in FIELDS if field not in held | _DERIVED)
    fields = [field for field in FIELDS if field in held - _KEY_FIELDS - _DERIVED]
    if "notes" in not_compared:
        fields.append("facts")
    before, after = dict(_keyed(old)), dict(_keyed(new))
    return Diff(
        old.info,
        new.info,
        [record for key, record in after.items() if key not in before],
        [record for key, record in before.items() if key not in after],
        list(_changes(before, after, fields)),
        not_compared,
    )


def _keyed(registry: Registry) -> Iterator[tuple[Key, Record]]:
    seen: dict[tuple[str, str, str], int] = {}
    for record in registry.records:
        key = (record.service_name, record.port_range, record.transport)
        seen[key] = seen.get(key, -1) + 1
        yield (*key, seen[key]), record


def _changes(before: Mapping[Key, Record], after: Mapping[Key, Record], fields: list[str]) -> Iterator[Change]:
    for key, new in after.items():
        old = before.get(key)
        if old is None or old == new:
            continue
        doubtful = {*old.doubtful, *new.doubtful}
        differing = tuple(
            field for field in fields if field not in doubtful and getattr(old, field) != getattr(new, field)
        )
        if differing:
            yield Change(old, new, differing)
