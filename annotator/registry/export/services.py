"""The services among the records: a name, where it is assigned, and its other names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.registry.ranges import TRANSPORTS, parse_ports
from annotator.registry.record import Record


@dataclass(frozen=True, slots=True)
class Assignment:
    """A service name on ports of one transport."""

    name: str
    first: int
    last: int
    transport: str
    aliases: tuple[str, ...]
    """Legacy spellings and duplicates of the name on the same ports."""
    description: str


def assignments(records: Sequence[Record]) -> Iterator[Assignment]:
    """Give every name with a port, in the registry's order; an alias stands with its name, where that is there."""
    keyed = [(record, *key) for record in records if record.service_name for key in _keys(record)]
    present = {(record.service_name, *key) for record, *key in keyed}
    aliases: dict[tuple[str, int, int, str], list[str]] = {}
    own: list[tuple[Record, int, int, str]] = []
    for record, first, last, transport in keyed:
        target = (_target(record), first, last, transport)
        if target in present:
            aliases.setdefault(target, []).append(record.service_name)
        else:
            own.append((record, first, last, transport))
    for record, first, last, transport in own:
        others = aliases.get((record.service_name, first, last, transport), ())
        yield Assignment(record.service_name, first, last, transport, tuple(others), record.description)


def _keys(record: Record) -> Iterator[tuple[int, int, str]]:
    span = parse_ports(record.port_range)
    if span:
        for transport in TRANSPORTS:
            if record.transport in ("", transport):
                yield *span, transport


def _target(record: Record) -> str:
    """Return the name that a record is another name for, ``""`` where it stands for itself."""
    return record.alias_of or record.fact("duplicate of") or ""
