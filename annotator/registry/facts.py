"""The facts that a record states in prose, as short stable words.

A record's status stands in its description, and only where it has no service name. What its description
and notes add is kept as *facts*, so that a snapshot without the prose still answers. The vocabulary:

===========================  ==========================================================================
``alias of NAME``            the record is a legacy spelling of NAME
``replaces NAME``            the record's name is the well-formed one for the legacy spelling NAME
``duplicate of NAME``        another name for the same service, not meant for discovery
``widespread use``           the record notes a use that was never assigned
``name no longer in use``    the registry says so of the service name
``conflict``                 the registry itself notes a conflict on the port
``de-assigned DATE``         the assignment was taken back on DATE: the port is reserved (RFC 6335, 8.2)
``being removed DATE``       the record "is being removed on DATE"
``removed DATE``             the record "has been removed on DATE"
``de-registered DATE``       the notes of a record say so
``released DATE``            the description of a record says so
``released by RFC``          a document gave the port back
``formerly NAME``            the name or use that left the port
``unofficial use by WHO``    the registry knows of a use that it never assigned
``possibly assigned``        the registry's own doubt
``for experiments``          RFC 4727: for explicitly configured experiments, never as a default
===========================  ==========================================================================
"""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from annotator.registry.record import RowStatus

_UNASSIGNED: Final = re.compile(r"\(?unassigned\b", re.I)
_RESERVED: Final = re.compile(r"(?:IANA )?reserved\b", re.I)
_WITHDRAWN: Final = re.compile(r"(?:de-?registered|de-?comm?iss?ioned|removed|deprecated|withdrawn)\b", re.I)


def row_status(service_name: str, description: str) -> RowStatus:
    """Return what a record says of its ports.

    A record with a service name is an assignment whatever its description says: ``discard`` is described as
    "Discard", and 5349/udp ``stun-behaviors`` as "Reserved for a future enhancement".
    """
    if service_name:
        return RowStatus.ASSIGNED
    if _UNASSIGNED.match(description):
        return RowStatus.UNASSIGNED
    if not description or _RESERVED.match(description):
        return RowStatus.RESERVED
    if _WITHDRAWN.match(description):
        return RowStatus.WITHDRAWN
    return RowStatus.NAMELESS_USE  # "any private mail system", "Possibly used by Sun Solaris????"


_MONTHS: Final = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_DATE: Final = r"(\d{4}-\d{1,2}(?:-\d{1,2})?)"


def _iso(text: str) -> str:
    """Write the registry's ``2004-2-6`` as ``2004-02-06``."""
    return "-".join(part.zfill(2) for part in text.split("-"))


def _day_month_year(match: re.Match[str]) -> str:
    day, month, year = match.groups()
    return f"{year}-{_MONTHS.get(month[:3].lower(), '00')}-{int(day):02}"


def _month_day_year(match: re.Match[str]) -> str:
    """``12/7/00``: the registry's short years are those of 1990 to 2009."""
    month, day, year = (int(part) for part in match.groups())
    return f"{1900 + year if year > 50 else 2000 + year}-{month:02}-{day:02}"


def _dated(match: re.Match[str]) -> str:
    return _iso(match[1])


def _first(match: re.Match[str]) -> str:
    return next((group for group in match.groups() if group), "").strip(" .\"'")


def _nothing(_match: re.Match[str]) -> str:
    return ""


_Rule: TypeAlias = tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]]


def _rule(kind: str, pattern: str, value: Callable[[re.Match[str]], str] = _first) -> _Rule:
    return kind, re.compile(pattern, re.I), value


_NOTES_RULES: Final[tuple[_Rule, ...]] = (
    _rule("alias of", r'This entry is an alias to "([^"]+)"'),
    _rule("duplicate of", r'This is a duplicate of the "([^"]+)" service'),
    _rule("widespread use", r"unassigned but widespread use", _nothing),
    _rule("name no longer in use", r"This service name is no longer in use", _nothing),
    _rule("conflict", r"\bconflict (?:on|of ports?) ", _nothing),
    _rule("de-assigned", rf"\bde-assigned on {_DATE}", _dated),
    _rule("being removed", rf"\bis being removed on {_DATE}", _dated),
    _rule("removed", rf"(?<!being )\bremoved (?:on )?{_DATE}", _dated),
    _rule("de-registered", r"\bde-registered (\d{1,2}) (\w+) (\d{4})", _day_month_year),
    _rule("released by", r"\breleased by \[(RFC ?\d+)\]", lambda match: match[1].replace(" ", "")),
    _rule(
        "formerly",
        r"\bHistoric usage was ([^\s.]+)|, previously (\S+) by|^Previously assigned to (.+?) but released"
        r'|^"([^"]+)" assignment withdrawn|^Formerly was (.+)$',
    ),
    _rule("unofficial use by", r"^(?:.* )?(\S+) \(unoff\w+\) (?:is )?using\b"),
)
_DESCRIPTION_RULES: Final[tuple[_Rule, ...]] = (
    _rule("replaces", r'IANA assigned this well-formed service name as a replacement for "([^"]+)"'),
    _rule("released", r"^Unassigned \(.*Released (\d+)/(\d+)/(\d\d)\)", _month_day_year),
    _rule("formerly", r"^Unassigned \[was ([^\]]+)\]"),
    _rule("possibly assigned", r"^\(unassigned\) Possibly assigned", _nothing),
    _rule("for experiments", r"^RFC ?3692-style Experiment", _nothing),
)


FACTS_MARK: Final = "annotator: "
"""Begins a note that lists the facts themselves: that of a registry exported from a snapshot without notes."""


def facts_of(description: str, notes: str) -> tuple[str, ...]:
    """Return the facts that a record's white-space normalised description and notes state, in fixed order."""
    if notes.startswith(FACTS_MARK):
        return tuple(notes.removeprefix(FACTS_MARK).split("; "))
    found = []
    for text, rules in ((notes, _NOTES_RULES), (description, _DESCRIPTION_RULES)):
        if text:
            for kind, pattern, value in rules:
                if match := pattern.search(text):
                    found.append(f"{kind} {value(match)}".rstrip())
    return tuple(found)
