"""Which records cover a port: the port axis cut into segments of equal coverage.

The ports without a record between two with one, the ports of one range, a single port: each is a segment.
All questions about ports go through here, for one port as for all 65,536: there is one precedence.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from annotator.errors import RegistryError
from annotator.registry.ranges import LAST, SYSTEM_LAST, TRANSPORTS, USER_LAST, parse_ports
from annotator.registry.record import RowStatus

_BIT: Final = {transport: 1 << i for i, transport in enumerate(TRANSPORTS)}
_ALL: Final = (1 << len(TRANSPORTS)) - 1
_NAMELESS: Final = 1 << 60
_ANY_TRANSPORT: Final = 1 << 59
_ASSIGNING: Final = frozenset({RowStatus.ASSIGNED, RowStatus.NAMELESS_USE})


class PortIndex:
    """Segments of the ports 0 to 65535, and the records that cover each, in order of precedence."""

    def __init__(
        self,
        service_names: Sequence[str],
        port_ranges: Sequence[str],
        transports: Sequence[str],
        row_statuses: Sequence[str],
    ) -> None:
        """Cut the axis by columns of the records, all of one length and in the registry's order.

        Raises:
            RegistryError: a port range that is none.
        """
        spans: list[tuple[int, int, int]] = []  # (record, first port, last port)
        cuts = {0, SYSTEM_LAST + 1, USER_LAST + 1}
        for i, text in enumerate(port_ranges):
            if text:
                try:
                    start, end = parse_ports(text) or (0, 0)
                except ValueError as error:
                    raise RegistryError(f"registry record {i + 1}: {error}") from None
                spans.append((i, start, end))
                cuts.add(start)
                cuts.add(end + 1)
        cuts.discard(LAST + 1)
        self.starts: Final = sorted(cuts)
        """First port of each segment, ascending; the last segment ends at 65535."""
        segment_at = {start: segment for segment, start in enumerate(self.starts)}
        segment_at[LAST + 1] = len(self.starts)

        self._mask: Final = [_BIT.get(transport, 0 if transport else _ALL) for transport in transports]
        self._assigning: Final = [status in _ASSIGNING for status in row_statuses]
        rank: dict[int, int] = {}
        covering: list[list[int]] = [[] for _ in self.starts]
        for i, start, end in spans:
            rank[i] = (
                (0 if service_names[i] else _NAMELESS)
                + (0 if transports[i] else _ANY_TRANSPORT)
                + (end - start << 32)
                + i
            )
            for segment in range(segment_at[start], segment_at[end + 1]):
                covering[segment].append(i)
        for records in covering:
            if len(records) > 1:
                records.sort(key=rank.__getitem__)
        self._covering: Final = covering

    def segment(self, port: int) -> int:
        """Return the segment that a port (0-65535) lies in."""
        return bisect_right(self.starts, port) - 1

    def last(self, segment: int) -> int:
        """Return a segment's last port."""
        return self.starts[segment + 1] - 1 if segment + 1 < len(self.starts) else LAST

    def covering(self, segment: int, transport: str) -> list[int]:
        """Return the records that cover a segment on a transport, in order of precedence."""
        bit = _BIT[transport]
        return [i for i in self._covering[segment] if self._mask[i] & bit]

    def assigned_on(self, segment: int) -> int:
        """Return the set of transports on which a segment is assigned: bit i is ``TRANSPORTS[i]``."""
        found = 0
        for i in self._covering[segment]:
            if self._assigning[i]:
                found |= self._mask[i]
        return found


def transports_of(bits: int) -> tuple[str, ...]:
    """Return the transports of a set made by :meth:`PortIndex.assigned_on`, in the registry's order."""
    return tuple(transport for transport, bit in _BIT.items() if bits & bit)
