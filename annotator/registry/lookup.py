"""Ask the registry: by port, by range, by name, by any text. An answer is what it says of the ports asked about."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from annotator.errors import RegistryError, UsageError
from annotator.registry.entries import say, saying
from annotator.registry.entry import DYNAMIC_ENTRY, PortEntry, make_entry
from annotator.registry.ranges import LAST, TRANSPORTS, USER_LAST, parse_ports, range_class
from annotator.registry.record import Record
from annotator.registry.registry import Registry
from annotator.words import RangeClass, Status

SEARCHED: Final = ("service_name", "port_range", "description", "reference", "notes")
"""The fields that a search looks into: those of IANA's own search."""

_PORTS: Final = re.compile(r"\d+(?:-\d+)?")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the registry says of ports of which it says the same, or (found by name or text) of a single record."""

    ports: tuple[int, int] | None
    """First and last port; None for a service name without a port."""
    transport: str
    """``""`` where a record, shown as such, holds for any."""
    status: Status
    """:attr:`Status.NONE` for a service name without a port."""
    status_detail: str
    service: str
    service_names: tuple[str, ...]
    records: tuple[Record, ...]
    """All that cover the ports, the primary's first, then by precedence."""

    @property
    def range_class(self) -> RangeClass:
        """Of the first port."""
        return range_class(self.ports[0]) if self.ports else RangeClass.NONE


@dataclass(frozen=True, slots=True)
class PortQuery:
    """Ports, on one transport or all."""

    first: int
    last: int
    transports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameQuery:
    """A service name, on one transport or all."""

    name: str
    transports: tuple[str, ...]


def parse_query(text: str) -> PortQuery | NameQuery:
    """Read ``8080``, ``443/tcp``, ``7203-7214/udp``, ``ssh`` or ``ssh/tcp``; ``914c/g`` is a name.

    Raises:
        UsageError: ports that are none, or a port on a transport that has none.
    """
    what, slash, end = text.strip().rpartition("/")
    if not slash:
        what, end = end, ""
    transport = end.lower()
    if _PORTS.fullmatch(what):
        if slash and transport not in TRANSPORTS:
            raise UsageError(f"{text}: {end!r} is no transport with ports: give one of {', '.join(TRANSPORTS)}")
        try:
            first, last = parse_ports(what) or (0, LAST)
        except ValueError as error:
            raise UsageError(f"{text}: {error}; ports are 0 to {LAST}, a range as 8000-8100") from None
        return PortQuery(first, last, (transport,) if slash else TRANSPORTS)
    if slash and what and transport in TRANSPORTS:
        return NameQuery(what, (transport,))
    if not text.strip():
        raise UsageError("an empty text: give a port, a range, or a service name")
    return NameQuery(text.strip(), TRANSPORTS)


def lookup(registry: Registry, query: PortQuery | NameQuery) -> list[Answer]:
    """Return what the registry says.

    A range is answered in runs of ports of which the same is said. A name is answered for every port that carries
    it; a name without one, for the ports that it has left and for itself.

    Raises:
        RegistryError: nothing has that name.
    """
    if isinstance(query, NameQuery):
        return _by_name(registry, query)
    return [answer for transport in query.transports for answer in _runs(registry, transport, query.first, query.last)]


def search(registry: Registry, text: str) -> list[Answer]:
    """Return one answer for each record that holds ``text`` in a searched field, in IANA's order.

    The search is as IANA's own: any part of a field, upper and lower case alike (see :func:`searched_fields`).

    Raises:
        UsageError: the text is empty.
    """
    wanted = text.casefold()
    if not wanted:
        raise UsageError("an empty text to search for: give some")
    columns = [registry.records.column(field) for field in searched_fields(registry)]
    return [
        _of_record(registry.records[i])
        for i, fields in enumerate(zip(*columns, strict=True))
        if any(wanted in field.casefold() for field in fields)
    ]


def searched_fields(registry: Registry) -> tuple[str, ...]:
    """Return those of :data:`SEARCHED` that a registry holds: the embedded one has no notes."""
    return tuple(field for field in SEARCHED if field in registry.records.fields)


def _runs(registry: Registry, transport: str, first: int, last: int) -> Iterator[Answer]:
    """Answer a range on one transport, joining neighbours of which the same is said by the same records."""
    index = registry.index
    begun = first
    here = _say(registry, index.segments.find(first), transport)
    for segment in range(index.segments.find(first) + 1, index.segments.find(last) + 1):
        following = _say(registry, segment, transport)
        if following != here:
            start = index.segments.starts[segment]
            yield _answer(registry, transport, (begun, start - 1), here)
            begun, here = start, following
    yield _answer(registry, transport, (begun, last), here)


def _say(registry: Registry, segment: int, transport: str) -> tuple[tuple[int, ...], PortEntry]:
    """Return the records that cover a segment, and what they say of it (who is on other transports left aside)."""
    of = saying(registry.index, segment, transport)
    return of[0] if of else (), replace(say(registry.records, of), assigned_on=())


def _answer(
    registry: Registry, transport: str, ports: tuple[int, int], said: tuple[tuple[int, ...], PortEntry]
) -> Answer:
    covering, entry = said
    records = [registry.records[i] for i in covering]
    return Answer(
        ports=ports,
        transport=transport,
        status=entry.status,
        status_detail=entry.status_detail,
        service=entry.service,
        service_names=entry.service_names,
        records=tuple(sorted(records, key=lambda record: record.service_name != entry.service)),
    )


def _of_record(record: Record) -> Answer:
    """Answer for a record alone, whatever else covers its ports."""
    ports = parse_ports(record.port_range)
    entry = DYNAMIC_ENTRY if ports and ports[0] > USER_LAST else make_entry([record], ())
    return Answer(
        ports=ports,
        transport=record.transport,
        status=entry.status if ports else Status.NONE,
        status_detail=entry.status_detail,
        service=record.service_name,
        service_names=(record.service_name,) if record.service_name else (),
        records=(record,),
    )


def _by_name(registry: Registry, query: NameQuery) -> list[Answer]:
    column = registry.records.column
    wanted = query.name.casefold()
    named = [i for i, name in enumerate(column("service_name")) if name.casefold() == wanted]
    carrying = [record for record in _on(registry, named, query) if record.port_range]
    if carrying:
        return _at_ports(registry, carrying, query)
    left = f"formerly {wanted}"
    facts = column("facts") if "facts" in registry.records.fields else []
    leaving = [i for i, fact in enumerate(facts) if fact and left in fact.casefold().split("; ")]
    answers = [
        *_at_ports(registry, _on(registry, leaving, query), query),
        *(_of_record(record) for record in _on(registry, named, query)),
    ]
    if not answers:
        raise RegistryError(
            f"no service is named {query.name!r} in the registry of {registry.info.updated or 'no date'}; "
            f"look for it with: annotate lookup --search {shlex.quote(query.name)}"
        )
    return answers


def _on(registry: Registry, places: list[int], query: NameQuery) -> list[Record]:
    """Return the records at ``places`` that hold for one of the transports asked about."""
    records = [registry.records[i] for i in places]
    return [record for record in records if not record.transport or record.transport in query.transports]


def _at_ports(registry: Registry, records: list[Record], query: NameQuery) -> list[Answer]:
    """Answer for every port of the records, each once, in the order of ports and transports."""
    spans = {
        (*span, TRANSPORTS.index(transport))
        for record in records
        if (span := parse_ports(record.port_range))
        for transport in query.transports
        if record.transport in ("", transport)
    }
    return [
        answer
        for first, last, transport in sorted(spans, key=lambda span: (span[0], span[2], span[1]))
        for answer in _runs(registry, TRANSPORTS[transport], first, last)
    ]
