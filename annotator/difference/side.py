"""One side of a difference: what a report, or a JSON file that one was written into, says is in use.

A JSON report may come from anybody: each value is checked, and each text is cleaned again.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from annotator.errors import InputError
from annotator.model import Outcome
from annotator.report.facts import UNANSWERED
from annotator.report.records import Record
from annotator.report.report import SCHEMA_VERSION, Report
from annotator.report.sanitize import clean

Key: TypeAlias = tuple[str, str, int]
"""(responder or "", transport, port or -1)"""

_IN_VAIN: Final = {Outcome(code).word for code in UNANSWERED}
_TEXTS: Final = ("status", "status_detail", "service", "first_seen", "last_seen")
_NUMBERS: Final = ("flows", "initiators", "packets", "bytes")


@dataclass(frozen=True)
class Side:
    """What is in use, and where that is known from."""

    name: str
    kind: str
    """``capture`` or ``report``."""
    registry: Record
    captures: list[Record]
    """Name, first and last packet of each."""
    complete: bool
    options: Record
    services: dict[Key, Record] = field(default_factory=dict)
    """In use, by (``""``, transport, port)."""
    endpoints: dict[Key, Record] | None = None
    """In use, by (responder, transport, port); None where a report does not have them."""


def side_of_report(report: Report, name: str) -> Side:
    """Make a side of a report just made."""
    return replace(_side("capture", name, dict(report.members())), complete=report.complete)


def looks_like_json(path: str) -> bool:
    """Say whether a file begins as a JSON object does: no capture does."""
    try:
        with Path(path).open("rb") as file:
            return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    except OSError:
        return False


def side_of_json(path: str) -> Side:
    """Make a side of a JSON report.

    Raises:
        InputError: it cannot be read, or is no report of a version that is known.
    """
    try:
        document = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise InputError(
            f"{path}: begins like JSON and is none; name a capture, or a report made by -o x.json"
        ) from None
    version = document.get("schema_version")
    if version != SCHEMA_VERSION or "services" not in document:
        raise InputError(f"{path}: is no report of annotator that this version knows; make it by -o x.json")
    try:
        return _side("report", path, document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path}: a damaged report ({type(error).__name__}: {error}); make it anew") from None


def _side(kind: str, name: str, document: dict[str, Any]) -> Side:
    captures = [{key: _text(one[key]) for key in ("name", "first_seen", "last_seen")} for one in document["captures"]]
    endpoints = None
    if "endpoints" in document:
        kept = (row for row in document["endpoints"] if not row["likely_ephemeral"])
        endpoints = _rows(kept, with_responder=True)
    services = _rows(
        (row for row in document["services"] if set(row["outcome"]) - _IN_VAIN),
        with_responder=False,
    )
    if endpoints is not None:  # a port that was picked for the occasion, or announced, is no service
        offered = {(transport, port) for _, transport, port in endpoints}
        services = {key: row for key, row in services.items() if key[2] < 0 or key[1:] in offered}
    return Side(
        clean(name),
        kind,
        {key: _text(document["registry"][key]) for key in ("updated", "sha256")},
        captures,
        all(one["complete"] is True for one in document["captures"]),
        {key: json.dumps(document["options"].get(key)) for key in ("filter", "local")},
        services,
        endpoints,
    )


def _rows(rows: Iterable[Record], with_responder: bool) -> dict[Key, Record]:
    found: dict[Key, Record] = {}
    for row in rows:
        port = row["port"]
        if port is not None and not (isinstance(port, int) and 0 <= port <= 65535):
            raise ValueError(f"{port!r} is no port")
        made: Record = {"responder_addr": _text(row["responder_addr"])} if with_responder else {}
        made |= {"transport": _text(row["transport"]), "port": port}
        made |= {name: _text(row[name]) for name in _TEXTS}
        made["observed"] = {clean(str(name)): _number(count) for name, count in row["observed"].items()}
        if with_responder:
            made["confirmed"] = sorted(clean(str(name)) for name in row["confirmed"])
        made |= {name: _number(row[name]) for name in _NUMBERS}
        found[made.get("responder_addr", ""), made["transport"], -1 if port is None else port] = made
    return found


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value and clean(value)
    raise ValueError(f"{str(value)[:40]!r} is no text")


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise ValueError(f"{str(value)[:40]!r} is no count")
    return value
