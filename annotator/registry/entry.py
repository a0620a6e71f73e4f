"""What is said of one (transport, port): the status and every name, from the records that cover it.

Records overlap (``7983-7997`` Unassigned against 7997 ``pushns``; 3 rows on 80/tcp): hence two ladders.

*Precedence* decides the status: a record with a name over one without, then one that states its transport
over one that does not, then the narrower range, then the registry's order.

The *primary* of several names is the first that survives:

1. not a legacy alias, not a duplicate of another name, not a "widespread use" that was never assigned
2. precedence, as above but for the order
3. the name in :data:`PREFERRED`
4. no conflict noted by the registry itself (2049: ``nfs`` before ``shilp``)
5. a name that an RFC defines (465/tcp: ``submissions`` before ``urd``)
6. a described one (512/udp: ``biff`` before ``comsat``)
7. the registry's order

The status detail is a short stable text: the items below that hold, in this order, joined by ``"; "``.

==================================  ===================================================================
``nameless_use``                    (status assigned) a use without a name; stands alone
``withdrawn``                       (status reserved) an assignment taken back; stands alone
``de-assigned DATE``                and ``being removed DATE``, ``removed DATE``, ``de-registered DATE``,
                                    ``released DATE``, ``released by RFC``, ``formerly NAME``,
                                    ``unofficial use by WHO``, ``possibly assigned``: the facts of the
                                    nameless record, see :mod:`annotator.registry.facts`
``for experiments``                 (status assigned) RFC 4727
``widespread use of NAME``          (status assigned) one of the names was never assigned
``assigned on TRANSPORTS only``     (other statuses) the number is assigned, but on other transports:
                                    ``assigned on tcp and udp only``
==================================  ===================================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from annotator.registry.ranges import DYNAMIC_RANGE, format_ports, parse_ports
from annotator.registry.record import Record, RowStatus
from annotator.words import Status

STATUS_OF_ROW: Final = {
    RowStatus.ASSIGNED: Status.ASSIGNED,
    RowStatus.NAMELESS_USE: Status.ASSIGNED,
    RowStatus.RESERVED: Status.RESERVED,
    RowStatus.WITHDRAWN: Status.RESERVED,
    RowStatus.UNASSIGNED: Status.UNASSIGNED,
}

PREFERRED: Final = frozenset(
    {
        ("42", "nameserver"),  # IEN 116 calls the service so; "name" is a short form of it
        ("1701", "l2tp"),  # RFC 2661 section 8.1; L2F (RFC 2341), on the same port, is historic
    }
)
"""(port, name) chosen where the registry itself gives no sign which of two names is meant."""

_STANDING_ALONE: Final = {RowStatus.NAMELESS_USE: "nameless_use", RowStatus.WITHDRAWN: "withdrawn"}
_NAMELESS_FACTS: Final = (
    "de-assigned",
    "being removed",
    "removed",
    "de-registered",
    "released",
    "formerly",
    "unofficial use by",
    "possibly assigned",
)
_DEMOTING_FACTS: Final = ("alias of", "duplicate of", "widespread use")


@dataclass(frozen=True, slots=True)
class PortEntry:
    """What the registry says of one (transport, port), or of several of which it says the same."""

    status: Status
    status_detail: str
    service: str
    """The primary service name, ``""`` where there is none."""
    service_names: tuple[str, ...]
    """Every service name, the primary first, the others by precedence."""
    unauthorized_use: str
    """Verbatim; several texts are joined by ``"; "``."""
    description: str
    """Of the primary's record, or of the record without a name that decides the status."""
    port_range: str
    """The deciding record's port or range; ``""`` where no record covers the port."""
    assigned_on: tuple[str, ...] = ()
    """The transports on which this port number is assigned, in the order of the registry."""


DYNAMIC_ENTRY: Final = PortEntry(
    status=Status.DYNAMIC,
    status_detail="",
    service="",
    service_names=(),
    unauthorized_use="",
    description="",
    port_range=DYNAMIC_RANGE,
)
"""Of every dynamic port: they are never assigned (RFC 6335 section 6)."""


def make_entry(records: Sequence[Record], assigned_on: tuple[str, ...]) -> PortEntry:
    """Say what the records that cover a (transport, port) say together.

    Args:
        records: in order of precedence; none where the registry does not list the port.
        assigned_on: transports on which the port number is assigned.
    """
    if not records:
        detail = _assigned_elsewhere(assigned_on)
        return PortEntry(Status.NOT_LISTED, detail, "", (), "", "", "", assigned_on)
    winner = records[0]
    named = [record for record in records if record.service_name]
    primary = min(named, key=_primary_rank, default=winner)  # min() keeps the first of equals
    names = [primary.service_name, *(record.service_name for record in named)] if named else []
    ports = parse_ports(winner.port_range)
    return PortEntry(
        status=STATUS_OF_ROW[winner.row_status],
        status_detail="; ".join(_details(winner, named, assigned_on)),
        service=primary.service_name,
        service_names=tuple(dict.fromkeys(names)),
        unauthorized_use="; ".join(
            dict.fromkeys(record.unauthorized_use for record in records if record.unauthorized_use)
        ),
        description=primary.description,
        port_range=format_ports(*ports) if ports else "",
        assigned_on=assigned_on,
    )


def _primary_rank(record: Record) -> tuple[bool | int, ...]:
    """Rungs 1 to 6 of the second ladder; the lowest rank is the primary."""
    start, end = parse_ports(record.port_range) or (0, 0)
    return (
        any(record.fact(kind) is not None for kind in _DEMOTING_FACTS),
        not record.transport,
        end - start,
        (record.port_range, record.service_name) not in PREFERRED,
        record.fact("conflict") is not None,
        "[RFC" not in record.reference,
        not record.description,
    )


def _details(winner: Record, named: Sequence[Record], assigned_on: tuple[str, ...]) -> list[str]:
    if winner.row_status in _STANDING_ALONE:
        return [_STANDING_ALONE[winner.row_status]]
    if not named:
        found = [fact for fact in winner.facts if fact.startswith(_NAMELESS_FACTS)]
        elsewhere = _assigned_elsewhere(assigned_on)
        return [*found, elsewhere] if elsewhere else found
    details = ["for experiments"] if winner.fact("for experiments") is not None else []
    details += [
        f"widespread use of {record.service_name}" for record in named if record.fact("widespread use") is not None
    ]
    return list(dict.fromkeys(details))


def _assigned_elsewhere(assigned_on: tuple[str, ...]) -> str:
    if not assigned_on:
        return ""
    *others, last = assigned_on
    return f"assigned on {', '.join(others)} and {last} only" if others else f"assigned on {last} only"
