"""The result of a race as text, Markdown and plain data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.race.measure import Measurement

REFERENCE = "annotate"
HEADINGS = ("tool", "version", "wall s", "min-max", "CPU s", "peak MB", "M packets/s", "x annotate", "flows")


@dataclass(slots=True)
class Entry:
    """One tool's runs."""

    name: str
    version: str = ""
    command: str = ""
    counts: str = ""
    problem: str = ""
    """Why there are no figures: absent, or how it failed."""
    flows: int | None = None
    runs: list[Measurement] = field(default_factory=list)

    @property
    def wall_s(self) -> float:
        """Median wall time."""
        return median(run.wall_s for run in self.runs)

    @property
    def cpu_s(self) -> float:
        """Median processor time."""
        return median(run.cpu_s for run in self.runs)

    @property
    def peak_bytes(self) -> int:
        """Largest peak."""
        return max(run.peak_bytes for run in self.runs)


def rows(entries: Sequence[Entry], packets: int) -> list[tuple[str, ...]]:
    """Spell the table out, a row a tool, in the order of :data:`HEADINGS`."""
    reference = next((entry for entry in entries if entry.name == REFERENCE and entry.runs), None)
    result: list[tuple[str, ...]] = []
    for entry in entries:
        if not entry.runs:
            result.append((entry.name, entry.version, entry.problem, *("",) * 6))
            continue
        walls = [run.wall_s for run in entry.runs]
        ratio = f"{entry.wall_s / reference.wall_s:.2f}" if reference else ""
        result.append(
            (
                entry.name,
                entry.version,
                f"{entry.wall_s:.2f}",
                f"{min(walls):.2f}-{max(walls):.2f}",
                f"{entry.cpu_s:.2f}",
                f"{entry.peak_bytes / 1e6:.0f}",
                f"{packets / entry.wall_s / 1e6:.2f}",
                ratio,
                f"{entry.flows:,}" if entry.flows is not None else "",
            )
        )
    return result


def as_text(entries: Sequence[Entry], packets: int) -> str:
    """Lay the table out in columns."""
    lines = [HEADINGS, *rows(entries, packets)]
    # a problem may run into the columns that stay empty beside it
    widths = [max(len(line[n]) for line in lines if n != 2 or line[3]) for n in range(len(HEADINGS))]
    shown = []
    for line in lines:
        cells = [
            line[n].ljust(widths[n]) if n < 2 or not line[3] else line[n].rjust(widths[n]) for n in range(len(line))
        ]
        shown.append("  ".join(cells).rstrip())
    return "\n".join(shown)


def as_markdown(entries: Sequence[Entry], packets: int) -> str:
    """Give the table in Markdown."""
    lines = [HEADINGS, ("---", "---", *("---:",) * (len(HEADINGS) - 2)), *rows(entries, packets)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def as_data(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Give every run as plain data."""
    return [
        {
            "tool": entry.name,
            "version": entry.version,
            "command": entry.command,
            "counts": entry.counts,
            "problem": entry.problem,
            "flows": entry.flows,
            "runs": [
                {
                    "wall_s": round(run.wall_s, 4),
                    "cpu_s": round(run.cpu_s, 4),
                    "peak_bytes": run.peak_bytes,
                    "exit_code": run.exit_code,
                }
                for run in entry.runs
            ],
        }
        for entry in entries
    ]
