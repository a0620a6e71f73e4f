"""The samples' truth table, as tests read it."""

import csv
from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
TABLE = SAMPLES / "truth.csv"


@dataclass(frozen=True)
class Row:
    """One responder's endpoint in one capture."""

    capture: str
    responder_addr: str
    transport: str
    responder_port: int
    vlan: str
    tunnel: str
    protocol: str
    outcome: str
    flows: int | None
    payload: str
    initiator_addrs: frozenset[str]
    related_to: str
    server: str
    note: str

    @property
    def endpoint(self) -> tuple[str, str, str, int]:
        """What an observer sees of the endpoint: VLAN, address, transport, port."""
        return self.vlan, self.responder_addr, self.transport, self.responder_port


def read(path: Path = TABLE) -> list[Row]:
    """Read the table."""
    with path.open(newline="") as table:
        return [
            Row(
                **(
                    row
                    | {
                        "responder_port": int(row["responder_port"]),
                        "flows": int(row["flows"]) if row["flows"] else None,
                        "initiator_addrs": frozenset(row["initiator_addrs"].split()),
                    }
                )
            )
            for row in csv.DictReader(table)
        ]


ROWS = read()
CAPTURES = sorted({row.capture for row in ROWS})


def rows_of(capture: str) -> list[Row]:
    """The rows of one capture."""
    return [row for row in ROWS if row.capture == capture]
