"""Records kept as columns of text: what a snapshot stores, and a lookup reads without making objects."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, overload

from annotator.registry.record import FIELDS, Record, RowStatus

_LIST_FIELDS: Final = frozenset({"facts", "doubtful"})
_SEPARATOR: Final = "; "


class Rows(Sequence[Record]):
    """Records in the registry's order; a column is read, and a record made, when it is first asked for."""

    def __init__(self, count: int, columns: Mapping[str, list[str] | Callable[[], list[str]]]) -> None:
        """Keep ``columns``: a field of :class:`Record` to its texts, or to a function that returns them.

        All have the length ``count``. A field that is missing is one that the source does not hold.
        """
        self._count = count
        self._columns = dict(columns)

    @classmethod
    def from_records(cls, records: Sequence[Record], without: frozenset[str] = frozenset()) -> "Rows":
        """Keep the records as columns, leaving out the fields ``without`` and those that no record holds."""
        columns: dict[str, list[str] | Callable[[], list[str]]] = {}
        for field in FIELDS:
            if field in without:
                continue
            values = [getattr(record, field) for record in records]
            if field in _LIST_FIELDS:
                values = [_SEPARATOR.join(value) for value in values]
                if not any(values):
                    continue
            elif any(value is None for value in values):
                continue
            columns[field] = values
        return cls(len(records), columns)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the source holds, in the order of :data:`FIELDS`."""
        return tuple(field for field in FIELDS if field in self._columns)

    def column(self, field: str) -> list[str]:
        """Return one field of every record as text; a list field is joined by ``"; "``.

        Raises:
            KeyError: the source does not hold this field.
        """
        values = self._columns[field]
        if callable(values):
            values = self._columns[field] = values()
        return values

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        """Make the record, or the records, at ``index``."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return Record(
            service_name=self.column("service_name")[index],
            port_range=self.column("port_range")[index],
            transport=self.column("transport")[index],
            description=self.column("description")[index],
            assignee=self._optional("assignee", index),
            contact=self._optional("contact", index),
            registration_date=self.column("registration_date")[index],
            modification_date=self.column("modification_date")[index],
            reference=self.column("reference")[index],
            service_code=self.column("service_code")[index],
            unauthorized_use=self.column("unauthorized_use")[index],
            notes=self._optional("notes", index),
            row_status=RowStatus(self.column("row_status")[index]),
            facts=self._list("facts", index),
            doubtful=self._list("doubtful", index),
        )

    def _optional(self, field: str, index: int) -> str | None:
        return self.column(field)[index] if field in self._columns else None

    def _list(self, field: str, index: int) -> tuple[str, ...]:
        text = self._optional(field, index)
        return tuple(text.split(_SEPARATOR)) if text else ()

    def __len__(self) -> int:
        """Return the number of records."""
        return self._count

    def __iter__(self) -> Iterator[Record]:
        """Make every record in turn."""
        return (self[i] for i in range(self._count))
