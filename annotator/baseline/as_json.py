"""A check as one JSON object."""

import json
from collections.abc import Iterator

from annotator.baseline.check import Check
from annotator.report.sanitize import clean

SCHEMA_VERSION = 1
"""Goes up when a name or a meaning changes, not when something is added."""


def encode(check: Check) -> Iterator[bytes]:
    """Give the file's bytes: the verdict, what deviates, and what it was found with."""
    report = check.report
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": report.tool,
        "baseline": clean(check.baseline.name),
        "violated": check.violated,
        "summary": check.summary,
        "counts": check.counts,
        "expected": len(check.expected),
        "as_expected": sum(fine for _, fine in check.expected),
        "deviations": [deviation.to_dict() for deviation in check.deviations],
        "notes": check.notes,
        "captures": report.captures,
        "registry": report.registry,
        "options": report.options,
        "caveat": report.caveat,
    }
    yield json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
