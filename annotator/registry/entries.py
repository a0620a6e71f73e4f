"""Every distinct thing that a registry says of a port, once each, and the dense tables that point to them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, overload

from annotator.registry.entry import DYNAMIC_ENTRY, STATUS_OF_ROW, PortEntry, make_entry
from annotator.registry.index import PortIndex, transports_of
from annotator.registry.ranges import LAST, TRANSPORTS, USER_LAST
from annotator.registry.record import Record
from annotator.registry.rows import Rows
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

    def __init__(self, records: Rows, sayings: Sequence[Saying]) -> None:
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

    def is_use_reported(self, index: int) -> bool:
        """Say whether the entry has an ``unauthorized_use``, without making it."""
        texts, of = self._records.column("unauthorized_use"), self._sayings[index]
        return of is not None and any(texts[i] for i in of[0])

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

    def __init__(self, index: PortIndex, records: Rows, row_statuses: Sequence[str]) -> None:
        """Intern what is said of every segment on every transport."""
        places: dict[Saying, int] = {}
        self._index: Final = index
        columns: list[list[int]] = [[] for _ in TRANSPORTS]
        # as saying() has it, for all transports at once
        for start, (assigned_on, answers) in zip(index.segments.starts, index.everything(), strict=True):
            if start > USER_LAST:
                place = places.setdefault(None, len(places))
                for column in columns:
                    column.append(place)
                continue
            for covering, numbers in answers:
                place = places.setdefault((covering, assigned_on), len(places))
                for number in numbers:
                    columns[number].append(place)
        self._place: Final = dict(zip(TRANSPORTS, columns, strict=True))
        self._status: Final = _statuses(places, row_statuses)
        self.entries: Final = Entries(records, list(places))

    def table(self, transport: str) -> PortTable:
        """Build the dense table of a transport."""
        import numpy as np

        bounds = np.array([*self._index.segments.starts, LAST + 1], np.int64)
        lengths = bounds[1:] - bounds[:-1]
        entry = np.array(self._place[transport], np.int32)
        status = np.frombuffer(self._status, np.uint8)[entry]
        return PortTable(np.repeat(status, lengths), np.repeat(entry, lengths))


def _statuses(sayings: Iterable[Saying], row_statuses: Sequence[str]) -> bytes:
    """Return the status of each entry, as its code, without making it."""
    of_row = {row.value: int(status) for row, status in STATUS_OF_ROW.items()}
    not_listed, dynamic = int(Status.NOT_LISTED), int(Status.DYNAMIC)
    return bytes(
        [
            dynamic if of is None else of_row[row_statuses[of[0][0]]] if of[0] else not_listed  # by precedence
            for of in sayings
        ]
    )
