"""Read a baseline file; whatever is wrong with it gives one line that names file and line."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

from annotator.baseline.expected import ANY, LOCAL, REMOTE, Baseline, Expected, Network
from annotator.baseline.learn import VERSION
from annotator.errors import BaselineError
from annotator.model import PORT_TRANSPORT, Status
from annotator.registry.ranges import LAST, parse_ports
from annotator.toml_file import WrongError, line_of, parse, read_text

MAX_BYTES: Final = 64 << 20
_TABLE: Final = "service"
_TOP: Final = ("version", "learned", _TABLE)
_TRANSPORTS: Final = tuple(sorted({*PORT_TRANSPORT.values(), "udplite"}))
_STATUSES: Final = tuple(status.word for status in Status if status is not Status.NONE)


def load_baseline(path: str | Path) -> Baseline:
    """Read a baseline.

    Raises:
        BaselineError: it cannot be read, or a line is wrong; the message names file and line.
    """
    return parse_baseline(read_text(path, MAX_BYTES, BaselineError), str(path))


def parse_baseline(text: str, name: str) -> Baseline:
    """Read the text of a baseline that is called `name`; raises as :func:`load_baseline`."""
    document = parse(text, name, BaselineError)

    def wrong(key: str, problem: str, number: int = 0) -> BaselineError:
        return BaselineError(f"{name}, line {line_of(text, key, _TABLE, number)}: {problem}")

    for key in document:
        if key not in _TOP:
            raise wrong(key, f"{key!r} is not known; write [[{_TABLE}]] tables")
    if "version" not in document:
        raise BaselineError(f"{name}, line 1: no 'version'; is it a file that `annotate baseline` wrote?")
    if document["version"] != VERSION or isinstance(document["version"], bool):
        raise wrong("version", f"version {document['version']!r} is not known; this annotator knows {VERSION}")
    learned = document.get("learned", {})
    if not isinstance(learned, dict):
        raise wrong("learned", "'learned' is no table; write [learned]")
    tables = document.get(_TABLE, [])
    if not isinstance(tables, list):
        raise wrong(_TABLE, f"write [[{_TABLE}]], with two brackets, above each service")
    services = []
    lines = _heads(text, len(tables))
    for number, table in enumerate(tables, 1):
        try:
            services.append(_service(table, lines[number - 1] if lines else 0))
        except WrongError as error:
            raise wrong(error.key, str(error), number) from None
    return Baseline(name, tuple(services), learned)


def _heads(text: str, count: int) -> list[int]:
    """Give the line of each table's head; none where that cannot be told from text that looks like one."""
    lines = [number for number, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith(f"[[{_TABLE}]]")]
    return lines if len(lines) == count else []


def _service(table: Any, line: int) -> Expected:
    if not isinstance(table, dict):
        raise WrongError(_TABLE, f"not a table; write [[{_TABLE}]] above its keys")
    for key in table:
        if key not in _KEYS:
            raise WrongError(key, f"{key!r} is not known; the keys are {', '.join(_KEYS)}")
    for key in ("responder", "transport", "port"):
        if key not in table:
            raise WrongError(_TABLE, f"a service without {key!r}; give it one")
    read = {key: _KEYS[key](key, value) for key, value in table.items()}
    return Expected(
        responders=read["responder"],
        transports=read["transport"],
        ports=read["port"],
        status=read.get("status"),
        observed=read.get("observed"),
        optional=read.get("optional", False),
        note=read.get("note", ""),
        line=line,
    )


def _list(key: str, value: Any) -> list[Any]:
    items = value if isinstance(value, list) else [value]
    if not items:
        raise WrongError(key, f"an empty list of {key}s; name one")
    return items


def _responders(key: str, value: Any) -> tuple[Network | str, ...]:
    found: list[Network | str] = []
    for item in _list(key, value):
        if item in (ANY, LOCAL, REMOTE):
            found.append(item)
            continue
        try:
            if not isinstance(item, str):
                raise ValueError(f"{item!r} is not a text")
            found.append(ip_network(item))
        except ValueError as error:
            kinds = f'an address, a network as "10.0.4.0/24", "{LOCAL}", "{REMOTE}" or "{ANY}"'
            raise WrongError(key, f"{error}; write {kinds}") from None
    return tuple(found)


def _transports(key: str, value: Any) -> tuple[str, ...]:
    items = _list(key, value)
    for item in items:
        if item not in _TRANSPORTS:
            raise WrongError(key, f"{item!r} is no transport with ports; write one of {', '.join(_TRANSPORTS)}")
    return tuple(dict.fromkeys(items))


def _ports(key: str, value: Any) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for item in _list(key, value):
        if item == ANY:
            spans.append((0, LAST))
            continue
        if isinstance(item, bool) or not isinstance(item, (int, str)) or item == "":
            raise WrongError(key, f'{item!r} is no port; write a number, a range as "9000-9010", "{ANY}", or a list')
        try:
            spans.append(parse_ports(str(item)) or (0, 0))
        except ValueError as error:
            raise WrongError(key, str(error)) from None
    return tuple(spans)


def _status(key: str, value: Any) -> str:
    if value not in _STATUSES:
        raise WrongError(key, f"{value!r} is no status; write one of {', '.join(_STATUSES)}, or leave it out")
    return str(value)


def _observed(key: str, value: Any) -> frozenset[str]:
    items = value if isinstance(value, list) else [value]
    for item in items:
        if not isinstance(item, str) or not item:
            raise WrongError(key, f'{item!r} is no protocol; write its name in quotes, as ["tls"]')
    return frozenset(items)


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongError(key, f"{value!r} is neither true nor false")
    return value


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise WrongError(key, f"{key!r} is no line of text; write it in quotes")
    return value


_KEYS: Final[dict[str, Callable[[str, Any], Any]]] = {
    "responder": _responders,
    "transport": _transports,
    "port": _ports,
    "status": _status,
    "observed": _observed,
    "optional": _flag,
    "note": _text,
}
