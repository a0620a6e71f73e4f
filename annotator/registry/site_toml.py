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
from collections.abc import Callable
from datetime import date, datetime
from ipaddress import ip_network
from typing import Any, Final

from annotator.errors import SiteError
from annotator.registry.ranges import TRANSPORTS, parse_ports
from annotator.registry.site import Network, SiteEntry
from annotator.toml_file import WrongError, line_of, parse

_TABLE: Final = "port"
_TOML_LINE: Final = re.compile(r"^[ \t]*(?:\[\[?[^\]\n]+\]|[A-Za-z0-9_\"'-]+[ \t]*=)", re.M)
_SERVICES_LINE: Final = re.compile(r"^[ \t]*[^\s#=\[]+[ \t]+\d+(?:-\d+)?/\w", re.M)


def looks_like_toml(text: str) -> bool:
    """Tell whether a text has tables or keys, and no line of services(5) syntax before them."""
    toml, services = _TOML_LINE.search(text), _SERVICES_LINE.search(text)
    return toml is not None and (services is None or toml.start() < services.start())


def parse_toml(text: str, name: str, *, de_facto: bool = False) -> list[SiteEntry]:
    """Read the text of a file that is called ``name``.

    Raises:
        SiteError: the file is no TOML, or an entry is wrong; the message names file and line.
    """
    document = parse(text, name, SiteError)
    for key in document:
        if key != _TABLE or not isinstance(document[key], list):
            raise SiteError(f"{name}, line {line_of(text, key)}: {key!r} is not known; write [[{_TABLE}]] tables")
    entries = []
    for number, table in enumerate(document.get(_TABLE, ())):
        try:
            entries.append(_entry(table, de_facto))
        except WrongError as error:
            line = line_of(text, error.key, _TABLE, number + 1)
            raise SiteError(f"{name}, line {line}: {error}") from None
    return entries


def _entry(table: Any, de_facto: bool) -> SiteEntry:
    if not isinstance(table, dict):
        raise WrongError(_TABLE, f"not a table; write [[{_TABLE}]] above its keys")
    for key in table:
        if key not in _KEYS:
            raise WrongError(key, f"{key!r} is not known; the keys are {', '.join(_KEYS)}")
    for key in ("name", "ports"):
        if key not in table:
            raise WrongError(_TABLE, f"an entry without {key!r}; give it one")
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
        raise WrongError(key, f"{key!r} is no text; write it in quotes")
    if not value.isprintable():
        raise WrongError(key, f"{key!r} holds control characters; remove them")
    return value.strip()


def _ports(key: str, value: Any) -> tuple[tuple[int, int], ...]:
    spans = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, bool) or not isinstance(item, (int, str)) or item == "":
            raise WrongError(key, f'{item!r} is no port; write a number, a range as "9000-9010", or a list')
        try:
            span = parse_ports(str(item))
        except ValueError as error:
            raise WrongError(key, str(error)) from None
        spans.append(span or (0, 0))
    if not spans:
        raise WrongError(key, "an empty list of ports; name one")
    return tuple(spans)


def _transports(key: str, value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    for item in items:
        if item not in TRANSPORTS:
            raise WrongError(key, f"{item!r} is no transport with ports; write one of {', '.join(TRANSPORTS)}")
    if not items:
        raise WrongError(key, "an empty list of transports; leave the key out for all")
    return tuple(dict.fromkeys(items))


def _networks(key: str, value: Any) -> tuple[Network, ...]:
    items = value if isinstance(value, list) else [value]
    try:
        return tuple(ip_network(item) if isinstance(item, str) else _no_address(item) for item in items)
    except ValueError as error:
        raise WrongError(key, f"{error}; write an address or a network, as 10.0.4.0/24") from None


def _no_address(item: Any) -> Network:
    raise ValueError(f"{item!r} is not a text")


def _date(key: str, value: Any) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise WrongError(key, f"{value!r} is no date; write it as 2026-12-31") from None
    if isinstance(value, datetime) or not isinstance(value, date):
        raise WrongError(key, f"{value!r} is no date; write it as 2026-12-31")
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
