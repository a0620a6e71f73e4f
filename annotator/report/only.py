"""A report narrowed to what matters: the flows on unknown ports, or those whose payload contradicts the assignment.

Tables and flow rows are of the flows that are left; the capture's totals, issues and provenance stay those of the
whole, because shares and accounts of a part say nothing. What depends on all flows (whether one is part of a scan, who
announced it) is worked out over all of them before.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.errors import UsageError
from annotator.model import Agreement, Analysis, Flows
from annotator.report import human
from annotator.report.formats import ONLY

_WORDS: Final = {"unknown": "unknown ports", "disagreements": "disagreements"}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """How a report was narrowed."""

    only: str
    """One of :data:`annotator.report.formats.ONLY`."""
    rows: NDArray[np.intp]
    """The flows that are left, by their row in the whole."""
    whole: int
    """How many flows there were."""

    @property
    def left_out(self) -> int:
        """How many flows are left out."""
        return self.whole - len(self.rows)

    def sentence(self) -> str:
        """Say plainly what the report is not."""
        return (
            f"narrowed to {_WORDS[self.only]}: the tables hold {human.count(len(self.rows))} of "
            f"{human.counted(self.whole, 'flow')}, {human.count(self.left_out)} "
            f"{'is' if self.left_out == 1 else 'are'} left out; totals are of the whole"
        )

    def record(self) -> dict[str, Any]:
        """Give the same for a program."""
        return {"only": self.only, "flows": len(self.rows), "flows_left_out": self.left_out}


def choose(flows: Flows, only: str) -> Narrowing:
    """Choose the flows that `only` leaves.

    Raises:
        UsageError: there is no such choice.
    """
    match only:
        case "unknown":
            left = flows.unknown_port
        case "disagreements":
            left = flows.agreement == Agreement.DIFFERS
        case _:
            raise UsageError(f"a report cannot be narrowed to {only!r}; choose one of {', '.join(ONLY)}")
    return Narrowing(only, np.flatnonzero(left), len(flows))


def narrow(analysis: Analysis, rows: NDArray[np.intp]) -> Analysis:
    """Give an analysis of the flows `rows` alone; ``related_to`` goes on counting the rows of the whole."""
    flows = Flows(**{field.name: getattr(analysis.flows, field.name)[rows] for field in fields(Flows)})
    beside = [replace(one, codes=one.codes[rows]) for one in analysis.beside]
    return replace(analysis, flows=flows, findings=analysis.findings and _Some(analysis.findings, rows), beside=beside)


class _Some:
    """The findings of some flows: what the report room asks of :class:`annotator.evidence.Findings`."""

    def __init__(self, findings: Any, rows: NDArray[np.intp]) -> None:
        self._findings = findings
        self._rows = rows
        self.names = findings.names
        self.bases = findings.bases
        self.label = findings.label[rows]

    def texts(self, flows: NDArray[np.int64]) -> list[str]:
        texts: list[str] = self._findings.texts(self._rows[flows])
        return texts
