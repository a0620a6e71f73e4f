"""Definitions for nft: ``define svc_https_tcp = 443``, to be used as ``tcp dport $svc_https_tcp``.

They name ports; no rule stands in the file. A name's characters other than letters and digits become ``_``.
"""

import re
from collections.abc import Sequence

from annotator.registry.export import comment_lines
from annotator.registry.export.services import assignments
from annotator.registry.ranges import format_ports
from annotator.registry.record import Record
from annotator.registry.registry import Registry


def write(registry: Registry, records: Sequence[Record]) -> dict[str, bytes]:
    """Return the file."""
    ports: dict[str, dict[tuple[int, int], None]] = {}
    for item in assignments(records):
        identifier = f"svc_{re.sub('[^A-Za-z0-9]', '_', item.name)}_{item.transport}"
        ports.setdefault(identifier, {})[item.first, item.last] = None
    lines = list(comment_lines(registry))
    for identifier, spans in ports.items():
        texts = [format_ports(*span) for span in spans]
        value = texts[0] if len(texts) == 1 else f"{{ {', '.join(texts)} }}"
        lines.append(f"define {identifier} = {value}")
    return {"": "\n".join(lines).encode() + b"\n"}
