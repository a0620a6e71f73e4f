"""When traffic on unknown ports flowed, by status: bytes in bins of equal length over the time of the captures."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.model import NO_TIME, Status
from annotator.report.facts import Facts

Integers = NDArray[np.int64]

MOST_BINS: Final = 120
"""As many as are told apart on a page."""

_NS: Final = 1_000_000_000
_LENGTHS_NS: Final = tuple(
    [step * 10**power for power in range(3, 9) for step in (1, 2, 5)]
    + [seconds * _NS for seconds in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200)]
    + [days * 86_400 * _NS for days in (1, 2, 7, 28, 91, 364, 3640)]
)
"""Lengths of a bin that people read easily, from a microsecond to ten years."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Bytes by bin; the bins begin at full multiples of their length since 1970-01-01 UTC."""

    start_ns: int
    bin_ns: int
    bytes_by_status: dict[str, list[int]]
    """A list of equal length for each status that occurs: IP octets of both directions in each bin.

    A flow's bytes are spread evenly between its first and its last packet: flows are all that is known here.
    """

    @property
    def bins(self) -> int:
        """How many bins there are."""
        return len(next(iter(self.bytes_by_status.values()), []))


def unknown_timeline(facts: Facts) -> Timeline | None:
    """Spread the bytes of unknown-port flows over time; None where there are none, or none that has a time."""
    flows = facts.flows
    timed = flows.first_ns != NO_TIME
    rows = np.flatnonzero(flows.unknown_port & timed)
    if not len(rows):
        return None
    start, stop = int(flows.first_ns[timed].min()), int(flows.last_ns[timed].max())
    length = next((ns for ns in _LENGTHS_NS if (stop - start) // ns + 2 <= MOST_BINS), _LENGTHS_NS[-1])
    first = start // length * length
    bins = (stop - first) // length + 1
    by_status = {}
    for status in Status:
        of_it = rows[flows.responder_status[rows] == status]
        if len(of_it):
            octets = _spread(flows.first_ns[of_it], flows.last_ns[of_it], facts.bytes[of_it], first, length, bins)
            by_status[status.word] = octets.tolist()
    return Timeline(first, length, by_status)


def _spread(first_ns: Integers, last_ns: Integers, octets: Integers, start: int, length: int, bins: int) -> Integers:
    """Spread bytes evenly between first and last packets, (bins,); what rounding lost goes into the fullest bin.

    A flow gives its first and its last bin a part, and each bin between them the same: differences say where that
    begins and ends, so the work does not grow with how many bins a flow spans.
    """
    head, tail = (first_ns - start) // length, (np.maximum(last_ns, first_ns) - start) // length
    within = head == tail
    sums = np.bincount(head[within], weights=octets[within], minlength=bins).astype(np.float64)
    head, tail, first_ns, last_ns, octets_of = (a[~within] for a in (head, tail, first_ns, last_ns, octets))
    rate = octets_of / (last_ns - first_ns)  # a nanosecond
    sums += np.bincount(head, weights=rate * ((head + 1) * length - (first_ns - start)), minlength=bins)
    sums += np.bincount(tail, weights=rate * (last_ns - start - tail * length), minlength=bins)
    change = np.bincount(head + 1, weights=rate, minlength=bins) - np.bincount(tail, weights=rate, minlength=bins)
    whole: Integers = np.maximum(np.rint(sums + np.cumsum(change)[:bins] * length), 0).astype(np.int64)
    whole[whole.argmax()] += octets.sum() - whole.sum()
    return whole
