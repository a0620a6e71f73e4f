"""The text of IANA's web page, as it is copied from a browser: one line a record, the columns run together.

Name, port, transport and status can be read exactly, and so can most of the rest. What cannot is kept where it
most likely belongs and named in the record's ``doubtful``:

- one date alone is a registration or a modification (both rows exist), unless the note names the same date
- one contact alone may be the assignee, or the contact
- words after the dates and references are an unauthorised use or a note
- a description without anything behind it may hold what belongs behind it
- a description that goes on in the next line may be a note
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from annotator.registry.facts import facts_of
from annotator.registry.forms.common import Imported, clean, decode, make_record
from annotator.registry.people import Person
from annotator.registry.ranges import parse_ports
from annotator.registry.record import FIELDS, Record

_TITLES: Final = re.compile(r"^Service Name[ \t]+Port Number[ \t]+Transport Protocol[ \t]+Description\b.*$", re.M)
_UPDATED: Final = re.compile(r"^Last Updated\s*(\d{4}-\d\d-\d\d)\s*$", re.M)
_CONTACTS: Final = re.compile(r"^Contact Information\s*$", re.M)
_TRANSPORT: Final = r"(?P<transport>tcp|udp|sctp|dccp)"
_PORTED: Final = re.compile(
    rf"(?:(?P<name>\S{{1,40}}) )??(?P<port>\d{{1,5}}(?:-\d{{1,5}})?)(?: {_TRANSPORT})?(?: (?P<rest>.*))?"
)
_PORTLESS: Final = re.compile(rf"(?P<name>[A-Za-z0-9][^\s\[\]]{{0,39}}) {_TRANSPORT}(?: (?P<rest>.*))?")
_NAME_ALONE: Final = re.compile(r"(?P<name>[a-z0-9]+(?:[-_.+][a-z0-9]+)*)(?P<transport>)(?: (?P<rest>.*))?")
_NAMELESS: Final = re.compile(
    r"(?:reserved|unassigned|\(unassigned\)|removed|deprecated|de-|decom|any private|possibly|iana reserved)",
    re.I,
)
_STATUS_ALONE: Final = re.compile(
    r"(?:unassigned(?: \[was [^\]]*\]| \([^)]*\))?|reserved(?: - IANA)?|de-registered|removed|deprecated)(?= |$)",
    re.I,
)
_RUN: Final = re.compile(r"((?:\[[^\[\]]*\])+)(?: |$)")
_GROUP: Final = re.compile(r"\[([^\[\]]*)\]")
_DATE: Final = re.compile(r"(\d{4}-\d\d(?:-\d\d)?)(?: |$)")
_REFERENCE: Final = re.compile(r"RFC ?-?\w+|draft-\S+|https?://\S+|\d{1,2}")
_SERVICE_CODE: Final = re.compile(r"(\d{5,10})(?: |$)")
_UNAUTHORIZED: Final = re.compile(r"(?:known )?(?:unauthorized|unofficial) use", re.I)
_NOTE: Final = re.compile(r"(?:Defined TXT|This (?:entry|service|is|port)|De-assigned|Historic)", re.I)
_BEHIND_NAME: Final = FIELDS[3:12]
_DATED_FACTS: Final = ("de-assigned", "removed", "being removed")


def looks_like_page(text: str) -> bool:
    """Tell whether a text has the title line of the web page's table, its titles one space or tab apart."""
    return _TITLES.search(text) is not None


def read_page(data: bytes, name: str) -> Imported:
    """Read the text of IANA's web page, or of a page of its search; any text gives what records are in it."""
    imported = Imported("page", [])
    text = decode(data, imported.oddities).replace("\r\n", "\n")
    if match := _UPDATED.search(text):
        imported.updated = match[1]
    titles = _TITLES.search(text)
    contacts = _CONTACTS.search(text)
    body = text[titles.end() if titles else 0 : contacts.start() if contacts else len(text)]
    if contacts:
        imported.annex.people.update(_people(text[contacts.end() :], imported.oddities))
    people = frozenset(imported.annex.people)
    first_line = text.count("\n", 0, titles.end() if titles else 0) + 1
    for number, line, more in _record_lines(body, first_line):
        record = _record(line, more, f"{name}, line {number}", people, imported.oddities)
        imported.records.append(record)
        if record.doubtful:
            imported.oddities["records with fields that the flat text does not tell apart"] += 1
    return imported


def _record_lines(body: str, first_line: int) -> Iterator[tuple[int, re.Match[str], str]]:
    """Yield (line number, what the record's line says, the lines that follow it)."""
    lines = [" ".join(raw.split()) for raw in body.split("\n")]
    begins = [_begins(line) for line in lines]
    highest = 0  # IANA's order goes up by port, then come the names without one, by their first letter
    last_ported = max((i for i, match in enumerate(begins) if match and match.re is _PORTED), default=-1)
    begun: tuple[int, re.Match[str]] | None = None
    more: list[str] = []
    letter = "a"
    for i, (line, found) in enumerate(zip(lines, begins, strict=True)):
        match = found
        if match and match.re is _PORTED:
            port = int(match["port"].partition("-")[0])
            match, highest = (match, port) if port >= highest else (None, highest)
        elif match is None and i > last_ported and begun and line:
            match = _NAME_ALONE.fullmatch(line)
            match = match if match and letter <= line[0] <= chr(ord(letter) + 3) else None
        if match:
            if begun:
                yield *begun, " ".join(more)
            begun, more = (first_line + i, match), []
            letter = "a" if match.re is _PORTED else match["name"][0].lower()
        elif line:
            more.append(line)
    if begun:
        yield *begun, " ".join(more)


def _begins(line: str) -> re.Match[str] | None:
    """Tell whether a line looks like the first of a record, and not like the next line of a note."""
    if (match := _PORTED.fullmatch(line)) and _is_port(match["port"]):
        if not match["name"]:
            return match if _NAMELESS.match(match["rest"] or "") else None
        return match if re.search("[A-Za-z]", match["name"]) and match["name"].lower() != "port" else None
    return _PORTLESS.fullmatch(line)


def _is_port(text: str) -> bool:
    try:
        return parse_ports(text) is not None
    except ValueError:
        return False


def _record(line: re.Match[str], more: str, where: str, people: frozenset[str], oddities: Counter[str]) -> Record:
    fields = line.groupdict()
    name = fields["name"] or ""
    rest = f"{fields['rest'] or ''} {more}".strip()
    doubtful = list(_BEHIND_NAME) if more else []
    if line.re is _NAME_ALONE:
        doubtful += ["service_name", "transport", *_BEHIND_NAME]
    description, tail = _split_description(rest, name, people, doubtful)
    values = {
        "service_name": name,
        "port_range": fields.get("port") or "",
        "transport": fields["transport"] or "",
        "description": description,
        **_split_tail(tail, people, doubtful),
    }
    return make_record(values, where, oddities, tuple(sorted(set(doubtful))))


def _split_description(rest: str, name: str, people: frozenset[str], doubtful: list[str]) -> tuple[str, str]:
    """Return the description, and what follows it: from the first contact, reference or date on."""
    if not name and (match := _STATUS_ALONE.match(rest)):
        if "(" in match[0]:
            doubtful += ["description", "notes"]
        return match[0], rest[match.end() :].lstrip()
    for match in re.finditer(r"(?:^|(?<= ))(?=\[|\d{4}-)", rest):
        place = match.start()
        group = _GROUP.match(rest, place)
        if group and not (group[1] in people or _is_contact(group[1], people) or _REFERENCE.fullmatch(group[1])):
            if group.end() != len(rest):
                continue  # "File Transfer [Default Data]": a part of the description
            doubtful += ["description", "reference"]
        if group or _DATE.match(rest, place):
            return rest[:place].rstrip(), rest[place:]
    if name and rest:
        doubtful += ["description", "unauthorized_use", "notes"]
    return rest, ""


def _is_contact(text: str, people: frozenset[str]) -> bool:
    """Tell whether a bracketed text is a contact's identifier, in a page that does not list its contacts."""
    return not people and " " not in text and not _REFERENCE.fullmatch(text)


def _split_tail(tail: str, people: frozenset[str], doubtful: list[str]) -> dict[str, str]:
    """Tell the columns behind the description apart, from left to right."""
    contacts: list[str] = []
    while (run := _RUN.match(tail)) and all(
        text in people or _is_contact(text, people) for text in _GROUP.findall(run[1])
    ):
        contacts.append(run[1])
        tail = tail[run.end() :]
    if contacts and len(contacts) != 2:
        doubtful += ["assignee", "contact"]
    dates: list[str] = []
    while len(dates) < 2 and (match := _DATE.match(tail)):
        dates.append(match[1])
        tail = tail[match.end() :]
    reference = ""
    if run := _RUN.match(tail):
        reference, tail = run[1], tail[run.end() :]
    code = ""
    if match := _SERVICE_CODE.match(tail):
        code, tail = match[1], tail[match.end() :]
    unauthorized = tail if _UNAUTHORIZED.match(tail) else ""
    notes = "" if unauthorized else tail
    if tail and not _NOTE.match(tail):
        doubtful += ["unauthorized_use", "notes"]
    registration, modification = _place_dates(dates, notes, doubtful)
    return {
        "assignee": contacts[0] if contacts else "",
        "contact": " ".join(contacts[1:]),
        "registration_date": registration,
        "modification_date": modification,
        "reference": reference,
        "service_code": code,
        "unauthorized_use": unauthorized,
        "notes": notes,
    }


def _place_dates(dates: list[str], notes: str, doubtful: list[str]) -> tuple[str, str]:
    """Return registration and modification date; a single date is one or the other."""
    if len(dates) == 2:
        return dates[0], dates[1]
    if not dates:
        return "", ""
    if any(fact in {f"{kind} {dates[0]}" for kind in _DATED_FACTS} for fact in facts_of("", notes)):
        return "", dates[0]  # the day of which the note says that it changed the record
    doubtful += ["registration_date", "modification_date"]
    return dates[0], ""


def _people(text: str, oddities: Counter[str]) -> Iterator[tuple[str, Person]]:
    """Read the contact table: a bracketed identifier, then words that only a URI and a date tell apart."""
    for line in text.split("\n"):
        match = re.match(r"\[([^\[\]]+)\]\s*(.*?)\s*((?:mailto:|https?:)\S+)?\s*(\d{4}-\d\d(?:-\d\d)?)?\s*$", line)
        if match:
            identifier, words, uri, updated = (clean(part or "", oddities) for part in match.groups())
            yield identifier, Person(words, "", uri, updated)
