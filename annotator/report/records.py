"""Report tables whose rows are made when asked for: a scan of a million ports costs arrays, not a million dicts."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from annotator.report.columns import Column

Record = dict[str, Any]


class Records(Sequence[Record]):
    """A read-only list of dicts, each with the keys of :attr:`columns` in order and values as JSON has them.

    Times are ISO 8601 text in UTC with nanoseconds, None where no packet carried one. Rows are made anew each time:
    changing one changes nothing else. ``pandas.DataFrame(records)`` works.
    """

    def __init__(self, columns: tuple[Column, ...], length: int, make: Callable[[int], Record]) -> None:
        """Have `length` rows; `make` makes the one of an index."""
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
            return [self._make(i) for i in range(*index.indices(self._length))]
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._make(index % self._length)

    def __iter__(self) -> Iterator[Record]:
        """Make every row in turn."""
        return (self._make(i) for i in range(self._length))
