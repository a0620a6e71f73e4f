"""A check as SARIF 2.1.0 (OASIS, *Static Analysis Results Interchange Format*), as code hosts show it.

A result points at the line of the baseline file that it contradicts, or at its first line where it is about something
that the file lacks; the endpoint is its logical location.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from annotator.baseline.check import KINDS, Check, Deviation

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION: Final = "2.1.0"


def encode(check: Check) -> Iterator[bytes]:
    """Give the file's bytes."""
    report = check.report
    uri = _uri(check.baseline.name)
    run = {
        "tool": {
            "driver": {
                "name": report.tool["name"],
                "semanticVersion": report.tool["version"],
                "rules": [
                    {
                        "id": kind,
                        "shortDescription": {"text": f"{meaning[0].upper()}{meaning[1:]}."},
                        "help": {"text": report.caveat},
                        "defaultConfiguration": {"level": "error"},
                    }
                    for kind, meaning in KINDS.items()
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "note", "message": {"text": note}} for note in check.notes],
            }
        ],
        "results": [_result(deviation, uri) for deviation in check.deviations],
        "properties": {"summary": check.summary, "registry": report.registry, "caveat": report.caveat},
    }
    document = {"$schema": SCHEMA, "version": VERSION, "runs": [run]}
    yield json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _result(deviation: Deviation, uri: str) -> dict[str, Any]:
    identity = f"{deviation.kind} {deviation.where}"
    return {
        "ruleId": deviation.kind,
        "ruleIndex": list(KINDS).index(deviation.kind),
        "level": "error" if deviation.violates else "note",
        "message": {"text": f"{deviation.where}: {deviation.message}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {"startLine": max(deviation.line, 1)},
                },
                "logicalLocations": [{"name": deviation.where, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"endpoint/v1": hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()},
    }


def _uri(name: str) -> str:
    """Write a path as a URI: relative to where the command ran, unless the path was absolute (RFC 3986)."""
    return Path(name).as_uri() if Path(name).is_absolute() else quote(name, errors="surrogateescape")
