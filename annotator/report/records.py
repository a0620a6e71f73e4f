"""Report tables whose rows are made when asked for: a scan of a million ports costs arrays, not a million dicts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from annotator.report.columns import Column

Record = dict[str, Any]
Values = Mapping[str, list[Any]]
"""Some rows by column: the values of each, as JSON has them."""
Make = Callable[[NDArray[np.int64]], Values]
"""Makes the values of the rows at some places, by the name of each column, in any order."""

AT_ONCE: Final = 512
"""Rows that are made at once where all are asked for: enough that what is done once for all of them hardly counts, and
so few that they are gone before Python's garbage collector counts them among what lasts."""


class Records(Sequence[Record]):
    """A read-only list of dicts, each with the keys of :attr:`columns` in order and values as JSON has them.

    Times are ISO 8601 text in UTC with nanoseconds, None where no packet carried one. Rows are made anew each time:
    changing one changes nothing else. ``pandas.DataFrame(records)`` works.
    """

    def __init__(self, columns: tuple[Column, ...], length: int, make: Make) -> None:
        """Have `length` rows, which `make` makes."""
        self.columns = columns
        self._length = length
        self._make = make

    def __len__(self) -> int:
        """Count the rows."""
        return self._length

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        """Make the row at an index, or the rows of a slice."""
        if isinstance(index, slice):
            return self._rows(range(*index.indices(self._length)))
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._rows([index % self._length])[0]

    def __iter__(self) -> Iterator[Record]:
        """Make every row in turn."""
        for start in range(0, self._length, AT_ONCE):
            yield from self[start : start + AT_ONCE]

    def values(self, places: Sequence[int]) -> list[list[Any]]:
        """Give the rows at some places by column: a list of values for each of :attr:`columns`."""
        if not len(places):
            return [[] for _ in self.columns]
        made = self._make(np.array(places, np.int64))
        return [made[column.name] for column in self.columns]

    def _rows(self, places: Sequence[int]) -> list[Record]:
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in zip(*self.values(places), strict=True)]
