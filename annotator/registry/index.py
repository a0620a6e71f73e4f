"""Which records cover a port, in order of precedence.

All questions about ports go through here, for one port as for all 65,536: there is one precedence.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from annotator.errors import RegistryError
from annotator.registry.ranges import SYSTEM_LAST, TRANSPORTS, USER_LAST, parse_ports
from annotator.registry.record import RowStatus
from annotator.registry.segments import Segments

_BIT: Final = {transport: 1 << i for i, transport in enumerate(TRANSPORTS)}
_ALL: Final = (1 << len(TRANSPORTS)) - 1
_NAMELESS: Final = 1 << 60
_ANY_TRANSPORT: Final = 1 << 59
_WIDTH: Final = 32
_ASSIGNING: Final = frozenset({RowStatus.ASSIGNED, RowStatus.NAMELESS_USE})

Answer: TypeAlias = tuple[tuple[int, ...], list[int]]
"""Records in order of precedence, and the transports, by their places in ``TRANSPORTS``, on which they are those."""


class PortIndex:
    """Segments of the ports, and the records that cover each, in order of precedence."""

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
        spans = _spans(port_ranges)
        self.segments: Final = Segments(spans, (SYSTEM_LAST + 1, USER_LAST + 1))
        self._mask: Final = [_BIT.get(transport, 0 if transport else _ALL) for transport in transports]
        self._assigned: Final = [
            mask if status in _ASSIGNING else 0 for mask, status in zip(self._mask, row_statuses, strict=True)
        ]
        # Named over nameless, then a stated transport over none, then the narrower range, then IANA's order.
        rank = {
            i: (0 if service_names[i] else _NAMELESS)
            + (0 if transports[i] else _ANY_TRANSPORT)
            + (last - first << _WIDTH)
            + i
            for i, first, last in spans
        }
        for records in self.segments.covering:
            if len(records) > 1:
                records.sort(key=rank.__getitem__)

    def covering(self, segment: int, transport: str) -> list[int]:
        """Return the records that cover a segment on a transport, in order of precedence."""
        bit = _BIT[transport]
        return [i for i in self.segments.covering[segment] if self._mask[i] & bit]

    def assigned_on(self, segment: int) -> int:
        """Return the set of transports on which a segment is assigned: bit i is ``TRANSPORTS[i]``."""
        found = 0
        for i in self.segments.covering[segment]:
            found |= self._assigned[i]
        return found

    def everything(self) -> Iterator[tuple[int, list[Answer]]]:
        """Give what :meth:`assigned_on` and :meth:`covering` return, for each segment in turn.

        Answers of :meth:`covering` come once each, in the order of the first of their transports.
        """
        chosen: dict[tuple[int, ...], list[tuple[tuple[int, ...], list[int]]]] = {}
        mask, assigned = self._mask, self._assigned
        for covering in self.segments.covering:
            masks = tuple([mask[i] for i in covering])
            if masks not in chosen:  # few sets of transports are all that occur
                chosen[masks] = _choices(masks)
            assigned_on = 0
            for i in covering:
                assigned_on |= assigned[i]
            yield (
                assigned_on,
                [
                    ((covering[places[0]],) if len(places) == 1 else tuple([covering[k] for k in places]), numbers)
                    for places, numbers in chosen[masks]
                ],
            )


def _choices(masks: Sequence[int]) -> list[tuple[tuple[int, ...], list[int]]]:
    """Say which of some records hold for which transports, by their places and by those in ``TRANSPORTS``."""
    choices: dict[tuple[int, ...], list[int]] = {}
    for number, bit in enumerate(_BIT.values()):
        places = tuple(place for place, mask in enumerate(masks) if mask & bit)
        choices.setdefault(places, []).append(number)
    return list(choices.items())


def transports_of(bits: int) -> tuple[str, ...]:
    """Return the transports of a set made by :meth:`PortIndex.assigned_on`, in the registry's order."""
    return tuple(transport for transport, bit in _BIT.items() if bits & bit)


def _spans(port_ranges: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return (record, first port, last port) of each record that has ports."""
    parsed: dict[str, tuple[int, int] | None] = {}  # most texts stand there twice, for tcp and udp
    for text in dict.fromkeys(port_ranges):  # the first that is wrong is named
        try:
            parsed[text] = parse_ports(text)
        except ValueError as error:
            raise RegistryError(f"registry record {port_ranges.index(text) + 1}: {error}") from None
    return [(i, *span) for i, text in enumerate(port_ranges) if (span := parsed[text])]
