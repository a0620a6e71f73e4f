"""One row of IANA's registry, with the facts that its prose states."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

IANA_COLUMNS: Final = (
    "Service Name",
    "Port Number",
    "Transport Protocol",
    "Description",
    "Assignee",
    "Contact",
    "Registration Date",
    "Modification Date",
    "Reference",
    "Service Code",
    "Unauthorized Use Reported",
    "Assignment Notes",
)
"""The titles of IANA's CSV, in order; the first twelve fields of :class:`Record` are these."""

PERSONAL_FIELDS: Final = frozenset({"assignee", "contact"})
PROSE_FIELDS: Final = frozenset({"notes"})


class RowStatus(StrEnum):
    """What one record says of its ports: the status words, with the two refinements that the design names."""

    ASSIGNED = "assigned"
    NAMELESS_USE = "nameless_use"
    """Assigned to a use that has no service name ("any private mail system")."""
    RESERVED = "reserved"
    WITHDRAWN = "withdrawn"
    """Reserved because an assignment was taken back (De-registered, Removed, Deprecated, ...)."""
    UNASSIGNED = "unassigned"


@dataclass(frozen=True, slots=True)
class Record:
    """A registry record. White space is normalised, so records of different forms compare equal.

    A field that the source does not hold is ``None`` (the embedded snapshot has no assignee, contact, notes);
    a field that the source leaves empty is ``""``.
    """

    service_name: str
    """``""`` where the record assigns nothing: Unassigned, Reserved, a use without a name."""
    port_range: str
    """``"443"``, ``"7203-7214"``, ``""`` for a name without a port; ``"8203-8203"`` stays as it is."""
    transport: str
    """``tcp``, ``udp``, ``sctp``, ``dccp``, or ``""`` for any transport."""
    description: str
    assignee: str | None
    contact: str | None
    registration_date: str
    """``YYYY-MM-DD``, ``YYYY-MM`` or ``""``, as is :attr:`modification_date`."""
    modification_date: str
    reference: str
    """Bracketed references, as ``[RFC9110][1]``; ``[1]`` is the registry's footnote."""
    service_code: str
    """DCCP service code, a decimal number (RFC 4340 section 8.1.2)."""
    unauthorized_use: str
    """Free text, verbatim: it may speak of a part of the record's ports, or of another port."""
    notes: str | None
    row_status: RowStatus
    facts: tuple[str, ...] = ()
    """What description and notes state, in the words of :mod:`annotator.registry.facts`."""
    doubtful: tuple[str, ...] = ()
    """Fields whose bounds the source does not show (only in the flat text of the web page)."""

    def fact(self, kind: str) -> str | None:
        """Return what follows ``kind`` in :attr:`facts`: ``""`` for a kind with no value, None if absent."""
        for fact in self.facts:
            if fact.startswith(kind) and fact[len(kind) :][:1] in ("", " "):
                return fact[len(kind) :].lstrip()
        return None

    @property
    def alias_of(self) -> str:
        """The name that this legacy name stands for, ``""`` where it is none."""
        return self.fact("alias of") or ""


FIELDS: Final = tuple(Record.__dataclass_fields__)
"""Field names of :class:`Record`, in order."""

OPTIONAL_FIELDS: Final = PERSONAL_FIELDS | PROSE_FIELDS | {"facts", "doubtful"}
"""Fields that a source may not hold."""
