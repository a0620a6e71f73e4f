"""The captures of the optional folder, as its index lists them."""

import csv
from dataclasses import dataclass
from pathlib import Path

from annotator.decode.link import SUPPORTED


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of ``INDEX.csv``."""

    name: str
    """Path below the folder of captures."""
    path: Path
    packets: int | None
    """As ``capinfos`` counts them; None where it gave no count."""
    link_type: int | None
    """None for pcapng, where each interface has its own."""
    core: bool
    """Among the few that cover most."""

    @property
    def decoded(self) -> bool:
        """Whether its link type is one that annotator decodes."""
        return self.link_type is None or self.link_type in SUPPORTED


def plain_captures(shared: Path) -> list[Listed]:
    """List the captures that are pcap or pcapng as they stand: not compressed, and of no other format."""
    captures = shared / "captures"
    with (captures / "INDEX.csv").open(newline="") as file:
        return [
            Listed(
                name=row["path"],
                path=captures / row["path"],
                packets=int(row["packets"]) if row["packets"] else None,
                link_type=int(row["linktype_code"]) if row["linktype_code"] else None,
                core=row["core"] == "yes",
            )
            for row in csv.DictReader(file)
            if row["format"] in ("pcap", "pcapng") and not row["compression"]
        ]
