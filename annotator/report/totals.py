"""The capture as a whole: how much there is, by range class, status, agreement, outcome and scope."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.model import Agreement, Outcome, RangeClass, Scope, Status
from annotator.report.facts import Facts

Breakdown = dict[str, dict[str, int]]


def _breakdowns(columns: list[tuple[NDArray[np.uint8], list[str]]], octets: NDArray[np.int64]) -> list[Breakdown]:
    """Count flows and bytes by the codes of each column, (n,); a word that no flow has is left out.

    Flows are counted once, by all codes together: few of the combinations occur.
    """
    shape = [len(words) for _, words in columns]
    cells = np.zeros(len(octets), np.intp)
    for codes, words in columns:
        cells *= len(words)
        cells += codes
    size = int(np.prod(shape))
    flows = np.bincount(cells, minlength=size).reshape(shape)
    # Sums of 53 bits are exact in bincount's floats: 9 PB.
    sums = np.bincount(cells, weights=octets, minlength=size).reshape(shape)
    found = []
    for axis, (_, words) in enumerate(columns):
        others = tuple(other for other in range(len(shape)) if other != axis)
        pairs = zip(words, flows.sum(others).tolist(), sums.sum(others).tolist(), strict=True)
        found.append({word: {"flows": count, "bytes": int(total)} for word, count, total in pairs if count})
    return found


def totals(facts: Facts) -> dict[str, Any]:
    """Total the flows.

    ``packets`` and ``bytes`` (IP octets) count each packet by its outermost IP header only; a flow inside a tunnel
    counts in ``flows`` and in the breakdowns. Breakdowns are by the responder's end.
    """
    flows = facts.flows
    outermost = flows.tunnel == 0
    by = {
        "by_range_class": (facts.range_class, RangeClass.words()),
        "by_status": (flows.responder_status, Status.words()),
        "by_agreement": (flows.agreement, Agreement.words()),
        "by_outcome": (flows.outcome, Outcome.words()),
        "by_scope": (flows.responder_scope, Scope.words()),
    }
    return {
        "packets": int(facts.packets[outermost].sum()),
        "bytes": int(facts.bytes[outermost].sum()),
        "flows": len(flows),
        **dict(zip(by, _breakdowns(list(by.values()), facts.bytes), strict=True)),
    }
