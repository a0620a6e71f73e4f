"""The difference of two sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Final

from annotator.difference.side import Key, Side
from annotator.report import human
from annotator.report.records import Record

FACTOR: Final = 2.0
"""How many times as many bytes, or how many times fewer, are a change of volume."""
SPANS_DIFFER: Final = 1.5
"""How many times as long one side lasts before that is said."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that both sides have, and that differs."""

    fields: tuple[str, ...]
    """Which of ``status``, ``observed``, ``volume`` differ."""
    before: Record
    after: Record


@dataclass(frozen=True, slots=True)
class Table:
    """The difference of one table, in order of its keys."""

    added: list[Record]
    gone: list[Record]
    changed: list[Change]

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.changed)

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON would have it."""
        changed = [
            {"fields": list(change.fields), "before": change.before, "after": change.after} for change in self.changed
        ]
        return {"added": self.added, "gone": self.gone, "changed": changed}


@dataclass(frozen=True, slots=True)
class Difference:
    """Both sides, and what differs."""

    before: Side
    after: Side
    services: Table
    endpoints: Table | None
    """None where a side does not know its endpoints."""
    notes: list[str]
    """What bounds the comparison."""


def compare(before: Side, after: Side, factor: float = FACTOR) -> Difference:
    """Compare two sides; `factor` times the bytes, or more, are a change of volume (0: volumes are not compared)."""
    endpoints = None
    if before.endpoints is not None and after.endpoints is not None:
        endpoints = _table(before.endpoints, after.endpoints, factor)
    services = _table(before.services, after.services, factor)
    return Difference(before, after, services, endpoints, list(_notes(before, after)))


def _table(before: dict[Key, Record], after: dict[Key, Record], factor: float) -> Table:
    changed = []
    for key in sorted(before.keys() & after.keys(), key=_order):
        fields = tuple(_differing(before[key], after[key], factor))
        if fields:
            changed.append(Change(fields, before[key], after[key]))
    return Table(
        [after[key] for key in sorted(after.keys() - before.keys(), key=_order)],
        [before[key] for key in sorted(before.keys() - after.keys(), key=_order)],
        changed,
    )


def _order(key: Key) -> tuple[int, int, str, str, int]:
    responder, transport, port = key
    try:
        address = ip_address(responder)
    except ValueError:  # a service has none, and a strange report may have any
        return 0, 0, responder, transport, port
    return address.version, int(address), "", transport, port


def _differing(before: Record, after: Record, factor: float) -> Iterator[str]:
    if before["status"] != after["status"]:
        yield "status"
    name = "confirmed" if "confirmed" in before else "observed"
    if set(before[name]) != set(after[name]):
        yield "observed"
    low, high = sorted((before["bytes"], after["bytes"]))
    if factor and high > low and high >= factor * low:
        yield "volume"


def _notes(before: Side, after: Side) -> Iterator[str]:
    old, new = before.registry, after.registry
    if old["sha256"] != new["sha256"]:
        yield (
            f"different registries: {old['updated'] or 'of unknown date'} ({(old['sha256'] or '')[:12]}…) before, "
            f"{new['updated'] or 'of unknown date'} ({(new['sha256'] or '')[:12]}…) after: a status or name that "
            "changed may be IANA's doing"
        )
    for side in (before, after):
        if not side.complete:
            yield f"{side.name} was not read to its end: what seems gone, or new, may be missing there"
        if side.endpoints is None:
            yield f"{side.name} does not list its endpoints: only services are compared"
    for name in ("filter", "local"):
        if before.options[name] != after.options[name]:
            yield f"the two were made with different settings (--{name})"
    spans = [_span_s(side) for side in (before, after)]
    if min(spans) > 0 and max(spans) > SPANS_DIFFER * min(spans):
        yield (
            f"they last {human.counted(round(spans[0]), 'second')} and {human.counted(round(spans[1]), 'second')}: "
            "volumes are as counted, not by time"
        )


def _span_s(side: Side) -> float:
    """Give the seconds from the first to the last packet of a side; 0 where no packet has a time."""
    first = [one["first_seen"] for one in side.captures if one["first_seen"]]
    last = [one["last_seen"] for one in side.captures if one["last_seen"]]
    try:  # nanoseconds are beyond fromisoformat, and seconds will do
        ends = [datetime.fromisoformat(text[:19]) for text in (min(first), max(last))]
    except ValueError:
        return 0.0
    return (ends[1] - ends[0]).total_seconds()
