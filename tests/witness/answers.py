"""The answers of the optional folder, and the count of those that annotator's flows equal."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, str]


def answers(shared: Path, table: str, capture: str = "capture") -> dict[str, list[Row]]:
    """Read ``truth/<table>.csv``: rows by the capture that the column of that name tells."""
    rows: dict[str, list[Row]] = defaultdict(list)
    with (shared / "captures" / "truth" / f"{table}.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            rows[row[capture]].append(row)
    return rows


@dataclass(slots=True)
class Tally:
    """How many flows are exact, and what differs by capture."""

    flows: int = 0
    exact: int = 0
    set_aside: int = 0
    """Flows that are not compared, because the other tool does not say what they came to."""
    differences: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def count(self, capture: str, flow: object, theirs: object, ours: object) -> None:
        """Count a flow that either side knows."""
        self.flows += 1
        if theirs == ours:
            self.exact += 1
        else:
            self.differences[capture].append(f"{flow}: {theirs} there, {ours} here")

    def unexplained(self, exceptions: Mapping[str, tuple[int, str]]) -> str:
        """Tell, line by line, what differs in captures that do not have just as many differences as is stated."""
        return "\n".join(
            f"{capture}: {line}"
            for capture in sorted(self.differences.keys() | exceptions.keys())
            if len(self.differences[capture]) != exceptions.get(capture, (0, ""))[0]
            for line in self.differences[capture][:20] or ["an exception that is none any more"]
        )

    @property
    def share(self) -> float:
        """Exact flows among all."""
        return self.exact / self.flows

    def __str__(self) -> str:
        aside = f", {self.set_aside} not comparable" if self.set_aside else ""
        return f"{self.exact} of {self.flows} flows exact ({self.share:.2%}){aside}"
