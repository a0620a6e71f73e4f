"""Site names in TOML: one ``[[port]]`` table an entry.

::

    [[port]]
    name = "intranet"
    ports = [8443, "9000-9010"]         # a number, a range, or a list of them
    transport = "tcp"                   # or a list; every transport if left out
    addresses = ["10.0.4.0/24"]         # an address, a network, or a list; everywhere if left out
    owner = "Web team"
    ticket = "CHG-1234"
    expires = 2026-12-31                # the last day on which it holds
    note = "replaces the old portal"
"""

import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from ipaddress import ip_network
from typing import Any, Final

from annotator.errors import SiteError
from annotator.registry.ranges import TRANSPORTS, parse_ports
from annotator.registry.site import Network, SiteEntry

_TABLE: Final = "port"
_HEADER: Final = re.compile(r"^[ \t]*\[\[[ \t]*port[ \t]*\]\]", re.M)
_TOML_LINE: Final = re.compile(r"^[ \t]*(?:\[\[?[^\]\n]+\]|[A-Za-z0-9_\"'-]+[ \t]*=)", re.M)
_SERVICES_LINE: Final = re.compile(r"^[ \t]*[^\s#=\[]+[ \t]+\d+(?:-\d+)?/\w", re.M)
_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


def looks_like_toml(text: str) -> bool:
    """Tell whether a text has tables or keys, and no line of services(5) syntax before them."""
    toml, services = _TOML_LINE.search(text), _SERVICES_LINE.search(text)
    return toml is not None and (services is None or toml.start() < services.start())


def parse_toml(text: str, name: str, *, de_facto: bool = False) -> list[SiteEntry]:
    """Read the text of a file that is called ``name``.

    Raises:
        SiteError: the file is no TOML, or an entry is wrong; the message names file and line.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _AT_LINE.search(str(error))
        line = match[1] if match and match[1] else str(text.count("\n") + 1)
        what = str(error).partition(" (at ")[0]
        raise SiteError(f"{name}, line {line}: {what[:1].lower()}{what[1:]}; see the TOML syntax") from None
    except RecursionError:
        raise SiteError(f"{name}: nested too deeply; write one [[{_TABLE}]] table for each entry") from None
    for key in document:
        if key != _TABLE or not isinstance(document[key], list):
            raise SiteError(f"{name}, line {_line_of(text, key, 0)}: {key!r} is not known; write [[{_TABLE}]] tables")
    entries = []
    for number, table in enumerate(document.get(_TABLE, ())):
        try:
            entries.append(_entry(table, de_facto))
        except _WrongError as error:
            line = _line_of(text, error.key, number + 1)
            raise SiteError(f"{name}, line {line}: {error}") from None
    return entries


class _WrongError(Exception):
    """What is wrong with a key of an entry."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key = key


def _entry(table: Any, de_facto: bool) -> SiteEntry:
    if not isinstance(table, dict):
        raise _WrongError(_TABLE, f"not a table; write [[{_TABLE}]] above its keys")
    for key in table:
        if key not in _KEYS:
            raise _WrongError(key, f"{key!r} is not known; the keys are {', '.join(_KEYS)}")
    for key in ("name", "ports"):
        if key not in table:
            raise _WrongError(_TABLE, f"an entry without {key!r}; give it one")
    read = {key: _KEYS[key](key, value) for key, value in table.items()}
    return SiteEntry(
        name=read["name"],
        ports=read["ports"],
        transports=read.get("transport", TRANSPORTS),
        networks=read.get("addresses", ()),
        owner=read.get("owner", ""),
        ticket=read.get("ticket", ""),
        expires=read.get("expires"),
        note=read.get("note", ""),
        source=read.get("source", ""),
        de_facto=de_facto,
    )


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or (key == "name" and not value.strip()):
        raise _WrongError(key, f"{key!r} is no text; write it in quotes")
    if not value.isprintable():
        raise _WrongError(key, f"{key!r} holds control characters; remove them")
    return value.strip()


def _ports(key: str, value: Any) -> tuple[tuple[int, int], ...]:
    spans = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, bool) or not isinstance(item, (int, str)) or item == "":
            raise _WrongError(key, f'{item!r} is no port; write a number, a range as "9000-9010", or a list')
        try:
            span = parse_ports(str(item))
        except ValueError as error:
            raise _WrongError(key, str(error)) from None
        spans.append(span or (0, 0))
    if not spans:
        raise _WrongError(key, "an empty list of ports; name one")
    return tuple(spans)


def _transports(key: str, value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    for item in items:
        if item not in TRANSPORTS:
            raise _WrongError(key, f"{item!r} is no transport with ports; write one of {', '.join(TRANSPORTS)}")
    if not items:
        raise _WrongError(key, "an empty list of transports; leave the key out for all")
    return tuple(dict.fromkeys(items))


def _networks(key: str, value: Any) -> tuple[Network, ...]:
    items = value if isinstance(value, list) else [value]
    try:
        return tuple(ip_network(item) if isinstance(item, str) else _no_address(item) for item in items)
    except ValueError as error:
        raise _WrongError(key, f"{error}; write an address or a network, as 10.0.4.0/24") from None


def _no_address(item: Any) -> Network:
    raise ValueError(f"{item!r} is not a text")


def _date(key: str, value: Any) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _WrongError(key, f"{value!r} is no date; write it as 2026-12-31") from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise _WrongError(key, f"{value!r} is no date; write it as 2026-12-31")
    return value


_KEYS: Final[dict[str, Callable[[str, Any], Any]]] = {
    "name": _text,
    "ports": _ports,
    "transport": _transports,
    "addresses": _networks,
    "owner": _text,
    "ticket": _text,
    "expires": _date,
    "note": _text,
    "source": _text,
}


def _line_of(text: str, key: str, entry: int) -> int:
    """Return the line of a key in the ``entry``-th table (from 1), or of the table's head; 0 is the file's top.

    A head inside a multi-line string is none: what stands before a true one parses, with one entry less.
    """
    start = 0
    if entry:
        heads = [match for match in _HEADER.finditer(text) if _entries_before(text[: match.start()]) == entry - 1]
        start = heads[0].start() if heads else 0
    found = re.compile(rf"^[ \t]*(?:\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", re.M).search(text, start)
    return text.count("\n", 0, found.start() if found else start) + 1


def _entries_before(text: str) -> int:
    try:
        return len(tomllib.loads(text).get(_TABLE, ()))
    except tomllib.TOMLDecodeError:
        return -1
