"""nmap-services: name, ``port/transport``, open frequency, comment, separated by tabs; one name a port.

The frequency is what nmap measured, and the registry does not know it: it is 0 throughout, so that nmap, told to use
this file, takes ports in numerical order.
"""

from collections.abc import Sequence
from typing import Final

from annotator.registry.export import comment_lines
from annotator.registry.export.services import Assignment, assignments
from annotator.registry.record import Record
from annotator.registry.registry import Registry

_TRANSPORTS: Final = frozenset({"tcp", "udp", "sctp"})
_FREQUENCY: Final = "0.000000"


def write(registry: Registry, records: Sequence[Record]) -> dict[str, bytes]:
    """Return the file; of several names on a port, the primary has its line."""
    lines = list(comment_lines(registry))
    chosen: dict[tuple[int, str], Assignment] = {}
    for item in assignments(records):
        if item.transport in _TRANSPORTS:
            for port in range(item.first, item.last + 1):
                if item.name == registry.entry(item.transport, port).service:
                    chosen[port, item.transport] = item
                else:
                    chosen.setdefault((port, item.transport), item)
    for (port, transport), item in chosen.items():
        note = f"\t# {item.description}" if item.description else ""
        lines.append(f"{item.name}\t{port}/{transport}\t{_FREQUENCY}{note}")
    return {"": "\n".join(lines).encode() + b"\n"}
