"""What every form has in common: clean text, one way to make a record, and the result of reading a file."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from annotator.errors import RegistryError
from annotator.registry.facts import facts_of, row_status
from annotator.registry.people import Annex
from annotator.registry.ranges import USER_LAST, parse_ports
from annotator.registry.record import Record

_UNSAFE: Final = re.compile(
    # Unicode's control characters, and those that reorder or hide text (UAX #9).
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_DATE: Final = re.compile(r"\d{4}-\d\d(?:-\d\d)?|")
_SPACED_RFC: Final = re.compile(r"\[RFC (\d+)")
"""Newer pages of IANA write ``[RFC 6335]``, all others ``[RFC6335]``."""
_KNOWN_TRANSPORTS: Final = frozenset({"tcp", "udp", "sctp", "dccp", ""})


@dataclass(slots=True)
class Imported:
    """What was read of one file."""

    form: str
    records: list[Record]
    updated: str = ""
    """The date that the file states, ``""`` where it states none."""
    oddities: Counter[str] = field(default_factory=Counter)
    """What was odd, and in how many places."""
    annex: Annex = field(default_factory=Annex)


def clean(text: str, oddities: Counter[str]) -> str:
    """Join white space to single spaces and make control characters visible, so that text is safe to show."""
    text = " ".join(text.split())
    if not text.isascii() or _UNSAFE.search(text):
        text, replaced = _UNSAFE.subn("\ufffd", text)
        if replaced:
            oddities["control characters in text, shown as U+FFFD"] += 1
    return text


def make_record(values: dict[str, str], where: str, oddities: Counter[str], doubtful: tuple[str, ...] = ()) -> Record:
    """Make a record of raw field texts; a field that is missing is one that the form does not hold.

    Raises:
        RegistryError: a port that is none, naming ``where``.
    """
    text = {name: clean(value, oddities) for name, value in values.items()}
    try:
        ports = parse_ports(text["port_range"])
    except ValueError as error:
        raise RegistryError(f"{where}: {error}; is this a file of IANA's port registry?") from None
    if ports and ports[1] > USER_LAST:
        oddities["a record at a dynamic port: it assigns nothing there (RFC 6335 section 6)"] += 1
    text["transport"] = text["transport"].lower()
    if text["transport"] not in _KNOWN_TRANSPORTS:
        oddities["a record for a transport without ports: it is kept, and covers none"] += 1
    text["reference"] = _SPACED_RFC.sub(r"[RFC\1", text["reference"])
    for name in ("registration_date", "modification_date"):
        if not _DATE.fullmatch(text[name]):
            oddities["a date that is none of YYYY-MM-DD and YYYY-MM: kept as it stands"] += 1
    notes = text.get("notes")
    return Record(
        service_name=text["service_name"],
        port_range=text["port_range"],
        transport=text["transport"],
        description=text["description"],
        assignee=text.get("assignee"),
        contact=text.get("contact"),
        registration_date=text["registration_date"],
        modification_date=text["modification_date"],
        reference=text["reference"],
        service_code=text["service_code"],
        unauthorized_use=text["unauthorized_use"],
        notes=notes,
        row_status=row_status(text["service_name"], text["description"]),
        facts=facts_of(text["description"], notes or ""),
        doubtful=doubtful,
    )


def decode(data: bytes, oddities: Counter[str]) -> str:
    """Decode UTF-8, with or without a byte order mark; other bytes become U+FFFD and are counted."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", errors="replace")
        oddities["bytes that are not UTF-8, shown as U+FFFD"] += text.count("\ufffd")
        return text
