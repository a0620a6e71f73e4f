"""Service definitions for firewalld: one XML file a service, as firewalld.service(5) describes it."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from annotator.registry.export import comment_lines
from annotator.registry.export.services import Assignment, assignments
from annotator.registry.ranges import format_ports
from annotator.registry.record import Record
from annotator.registry.registry import Registry


def write(registry: Registry, records: Sequence[Record]) -> dict[str, bytes]:
    """Return a file for each service, named ``NAME.xml`` with other characters than firewalld's replaced by ``_``."""
    services: dict[str, list[Assignment]] = {}
    for item in assignments(records):
        services.setdefault(item.name, []).append(item)
    head = "\n".join(line.lstrip("# ") for line in comment_lines(registry)).replace("--", "- -")
    return {f"{re.sub('[^A-Za-z0-9_-]', '_', name)}.xml": _file(items, head) for name, items in services.items()}


def _file(items: Sequence[Assignment], head: str) -> bytes:
    described = dict.fromkeys(item.description for item in items if item.description)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f"<!--\n{head}\n-->",
        "<service>",
        f"  <short>{escape(items[0].name)}</short>",
        f"  <description>{escape('; '.join(described))}</description>",
        *(
            f"  <port protocol={quoteattr(item.transport)} port={quoteattr(format_ports(item.first, item.last))}/>"
            for item in items
        ),
        "</service>",
    ]
    return "\n".join(lines).encode() + b"\n"
