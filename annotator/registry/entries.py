"""Every distinct thing that a registry says of a port, once each, and the dense tables that point to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, overload

from annotator.registry.entry import DYNAMIC_ENTRY, STATUS_OF_ROW, PortEntry, make_entry
from annotator.registry.index import PortIndex, transports_of
from annotator.registry.ranges import LAST, TRANSPORTS, USER_LAST
from annotator.registry.record import Record, RowStatus
from annotator.words import Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Saying: TypeAlias = tuple[tuple[int, ...], int] | None
"""What an entry is made of: the covering records by precedence, and the set of transports on which the
number is assigned (see :meth:`PortIndex.assigned_on`); None for dynamic ports: the same is said of all."""


def saying(index: PortIndex, segment: int, transport: str) -> Saying:
    """Return what the entry of a segment on a transport is made of."""
    if index.segments.starts[segment] > USER_LAST:
        return None
    return tuple(index.covering(segment, transport)), index.assigned_on(segment)


def say(records: Sequence[Record], of: Saying) -> PortEntry:
    """Make the entry."""
    if of is None:
        return DYNAMIC_ENTRY
    covering, assigned_on = of
    return make_entry([records[i] for i in covering], transports_of(assigned_on))


class Entries(Sequence[PortEntry]):
    """The distinct entries of a registry, each made when it is first asked for."""

    def __init__(self, records: Sequence[Record], sayings: Sequence[Saying]) -> None:
        """Of ``records``, as ``sayings`` tell."""
        self._records = records
        self._sayings = sayings
        self._made: dict[int, PortEntry] = {}

    def __len__(self) -> int:
        """Return how many different things are said of ports."""
        return len(self._sayings)

    @overload
    def __getitem__(self, index: int) -> PortEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[PortEntry]: ...
    def __getitem__(self, index: int | slice) -> PortEntry | list[PortEntry]:
        """Return the entry, or the entries, at ``index``."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        place = index % len(self)
        if place not in self._made:
            self._made[place] = say(self._records, self._sayings[place])
        return self._made[place]

    def __iter__(self) -> Iterator[PortEntry]:
        """Make every entry in turn."""
        return (self[i] for i in range(len(self)))


@dataclass(frozen=True, slots=True)
class PortTable:
    """What the registry says of all ports of one transport, indexed by port; arrays of shape ``(65536,)``."""

    status: "NDArray[np.uint8]"
    """Codes of :class:`annotator.model.Status`."""
    entry: "NDArray[np.int32]"
    """Index into :attr:`Registry.entries`."""


class Interned:
    """The entries of a whole registry, in the order of ports and transports, and its tables."""

    def __init__(self, index: PortIndex, records: Sequence[Record], row_statuses: Sequence[str]) -> None:
        """Intern what is said of every segment on every transport."""
        places: dict[Saying, int] = {}
        self._index: Final = index
        self._place: Final[dict[str, list[int]]] = {transport: [] for transport in TRANSPORTS}
        for segment in range(len(index.segments.starts)):
            for transport, column in self._place.items():
                column.append(places.setdefault(saying(index, segment, transport), len(places)))
        self._status: Final = [_status(of, row_statuses) for of in places]
        self.entries: Final = Entries(records, list(places))

    def table(self, transport: str) -> PortTable:
        """Build the dense table of a transport."""
        import numpy as np

        bounds = np.array([*self._index.segments.starts, LAST + 1], np.int64)
        lengths = bounds[1:] - bounds[:-1]
        entry = np.array(self._place[transport], np.int32)
        status = np.array(self._status, np.uint8)[entry]
        return PortTable(np.repeat(status, lengths), np.repeat(entry, lengths))


def _status(of: Saying, row_statuses: Sequence[str]) -> Status:
    """Return the status of an entry without making it."""
    if of is None:
        return Status.DYNAMIC
    return STATUS_OF_ROW[RowStatus(row_statuses[of[0][0]])] if of[0] else Status.NOT_LISTED
