"""The captures of the optional folder, as its index lists them."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of ``INDEX.csv``."""

    name: str
    """Path below the folder of captures."""
    path: Path
    packets: int | None
    """As ``capinfos`` counts them; None where it gave no count: damaged, or a link type or container unknown to it."""
    plain: bool
    """Whether it is pcap or pcapng as it stands, neither compressed nor of another format."""
    core: bool
    """Among the few that cover most."""


def listed(shared: Path) -> list[Listed]:
    """List every capture."""
    captures = shared / "captures"
    with (captures / "INDEX.csv").open(newline="") as file:
        return [
            Listed(
                name=row["path"],
                path=captures / row["path"],
                packets=int(row["packets"]) if row["packets"] else None,
                plain=row["format"].startswith("pcap") and not row["compression"],
                core=row["core"] == "yes",
            )
            for row in csv.DictReader(file)
        ]
