"""The capture as a whole: how much there is, by range class, status, agreement, outcome and scope."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.model import Agreement, Outcome, RangeClass, Scope, Status
from annotator.report.facts import Facts

Breakdown = dict[str, dict[str, int]]


def _by(codes: NDArray[np.uint8], words: list[str], octets: NDArray[np.int64]) -> Breakdown:
    """Count flows and bytes by code; a word that no flow has is left out."""
    flows = np.bincount(codes, minlength=len(words))
    # Sums of 53 bits are exact in bincount's floats: 9 PB.
    sums = np.bincount(codes, weights=octets, minlength=len(words))
    return {
        word: {"flows": int(flows[code]), "bytes": int(sums[code])} for code, word in enumerate(words) if flows[code]
    }


def totals(facts: Facts) -> dict[str, Any]:
    """Total the flows.

    ``packets`` and ``bytes`` (IP octets) count each packet by its outermost IP header only; a flow inside a tunnel
    counts in ``flows`` and in the breakdowns. Breakdowns are by the responder's end.
    """
    flows = facts.flows
    outermost = flows.tunnel == 0
    return {
        "packets": int(facts.packets[outermost].sum()),
        "bytes": int(facts.bytes[outermost].sum()),
        "flows": len(flows),
        "by_range_class": _by(facts.range_class, RangeClass.words(), facts.bytes),
        "by_status": _by(flows.responder_status, Status.words(), facts.bytes),
        "by_agreement": _by(flows.agreement, Agreement.words(), facts.bytes),
        "by_outcome": _by(flows.outcome, Outcome.words(), facts.bytes),
        "by_scope": _by(flows.responder_scope, Scope.words(), facts.bytes),
    }
