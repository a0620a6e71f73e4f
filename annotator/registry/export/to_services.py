"""services(5): a name, ``port/transport``, other names; a range becomes a line for each of its ports."""

from collections.abc import Sequence

from annotator.registry.export import comment_lines
from annotator.registry.export.services import assignments
from annotator.registry.record import Record
from annotator.registry.registry import Registry


def write(registry: Registry, records: Sequence[Record]) -> dict[str, bytes]:
    """Return the file; a name that the syntax cannot hold (with white space or ``#``) is left out."""
    lines = list(comment_lines(registry))
    for item in assignments(records):
        names = [name for name in (item.name, *item.aliases) if name and not set(name) & set(" \t#")]
        if not names or names[0] != item.name:
            continue
        note = f"  # {item.description}" if item.description else ""
        for port in range(item.first, item.last + 1):
            where = f"{port}/{item.transport}"
            lines.append(f"{names[0]:<15} {where:<10} {' '.join(names[1:])}".rstrip() + note)
    return {"": "\n".join(lines).encode() + b"\n"}
