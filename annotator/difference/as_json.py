"""A difference as one JSON object."""

import json
from collections.abc import Iterator
from typing import Any

from annotator._version import __version__
from annotator.difference.difference import Difference
from annotator.difference.side import Side
from annotator.registry import NOTICE

SCHEMA_VERSION = 1
"""Goes up when a name or a meaning changes, not when something is added."""


def encode(difference: Difference) -> Iterator[bytes]:
    """Give the file's bytes: both sides, and the difference of each table."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "annotator", "version": __version__},
        "before": _side(difference.before),
        "after": _side(difference.after),
        "notes": difference.notes,
        "services": difference.services.to_dict(),
        "endpoints": difference.endpoints.to_dict() if difference.endpoints is not None else None,
        "caveat": NOTICE,
    }
    yield json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "kind": side.kind,
        "registry": side.registry,
        "captures": side.captures,
        "complete": side.complete,
        "services": len(side.services),
        "endpoints": None if side.endpoints is None else len(side.endpoints),
    }
