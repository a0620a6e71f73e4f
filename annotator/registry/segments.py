"""The port axis cut into segments of equal coverage.

The ports without anything between two with something, the ports of one range, a single port: each is a segment.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from annotator.registry.ranges import LAST


class Segments:
    """Which of many port ranges cover each port from 0 to 65535."""

    def __init__(self, spans: Sequence[tuple[int, int, int]], cuts: Iterable[int] = ()) -> None:
        """Cut the axis by ``spans``, each (item, first port, last port), and at ``cuts`` besides."""
        starts = {0, *cuts}
        starts.update([first for _, first, _ in spans])
        starts.update([last + 1 for _, _, last in spans])
        starts.discard(LAST + 1)
        self.starts: Final = sorted(starts)
        """First port of each segment, ascending; the last segment ends at 65535."""
        place = {start: segment for segment, start in enumerate(self.starts)}
        place[LAST + 1] = len(self.starts)
        self.covering: Final[list[list[int]]] = [[] for _ in self.starts]
        """The items that cover each segment, in the order of the spans."""
        for item, first, last in spans:
            if first == last:  # most are single ports
                self.covering[place[first]].append(item)
                continue
            for segment in range(place[first], place[last + 1]):
                self.covering[segment].append(item)

    def find(self, port: int) -> int:
        """Return the segment that a port (0-65535) lies in."""
        return bisect_right(self.starts, port) - 1

    def last(self, segment: int) -> int:
        """Return a segment's last port."""
        return self.starts[segment + 1] - 1 if segment + 1 < len(self.starts) else LAST
