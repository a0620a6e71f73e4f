"""Flow rows as Arrow batches: the text of a row is made when the row is asked for, each different word once.

Importing this module imports pyarrow; documents do without it unless flows are asked for.
"""

import json
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annotator.compare import REASONS
from annotator.flow.community_id import community_ids
from annotator.model import (
    NO_PORT,
    NO_TIME,
    Agreement,
    DirectionBasis,
    End,
    Flows,
    Grade,
    Outcome,
    RangeClass,
    Scope,
    Status,
)
from annotator.registry import protocol_keyword, range_class
from annotator.report.assignment import Assignment
from annotator.report.columns import BESIDE, FLOW, Column, Kind
from annotator.report.facts import Facts
from annotator.report.sanitize import cell, clean
from annotator.report.text import flags_text, iso_times, vlan_text

if TYPE_CHECKING:
    import pandas as pd

Array: TypeAlias = "pa.Array[Any]"

BATCH_ROWS: Final = 1 << 16

ARROW: Final[dict[Kind, Any]] = {
    Kind.TIME: pa.timestamp("ns", "UTC"),
    Kind.SECONDS: pa.float64(),
    Kind.INTEGER: pa.int64(),
    Kind.PORT: pa.uint16(),
    Kind.OCTET: pa.uint8(),
    Kind.WORD: pa.dictionary(pa.int32(), pa.string()),
    Kind.TEXT: pa.string(),
    Kind.FLAG: pa.bool_(),
    Kind.LIST: pa.list_(pa.string()),
    Kind.TALLY: pa.map_(pa.string(), pa.int64()),
}
"""The Arrow type of each kind; the last two are of the other tables only."""


class Form(Enum):
    """What a batch's words are made for."""

    TYPED = "typed"
    """Arrow types as in :data:`ARROW`: for DataFrames and columnar files."""
    TEXT = "text"
    """As TYPED, but times as ISO 8601 text and words as plain texts: for documents."""
    CELLS = "cells"
    """As TEXT, with spreadsheet formulas disarmed: for CSV and TSV."""
    JSON = "json"
    """Every column as JSON text."""


def _json_text(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)


class Vocabulary:
    """The different words of a text column; each form of a word is made once. An empty word is no word: null."""

    def __init__(self, words: list[str]) -> None:
        """Hold `words`; a column's codes are indices into them."""
        self.words = words

    def _array(self, make: Callable[[str], str]) -> pa.StringArray:
        return pa.array([make(word) if word else None for word in self.words], pa.string())

    @cached_property
    def all(self) -> pa.StringArray:
        """Every word, the empty one too: a dictionary holds no nulls."""
        return pa.array(self.words, pa.string())

    @cached_property
    def plain(self) -> pa.StringArray:
        """The words as they are."""
        return self._array(str)

    @cached_property
    def cells(self) -> pa.StringArray:
        """The words with spreadsheet formulas disarmed."""
        return self._array(cell)

    @cached_property
    def json(self) -> pa.StringArray:
        """The words as JSON strings."""
        return self._array(_json_text)

    @cached_property
    def empty(self) -> NDArray[np.bool_]:
        """(k,) which words are empty."""
        return np.array([not word for word in self.words], np.bool_)

    def column(self, codes: NDArray[np.integer], form: Form, as_word: bool) -> Array:
        """Make a column of (n,) codes into :attr:`words`."""
        if form is Form.TYPED and as_word:
            indices: Any = pa.array(codes.astype(np.int32), mask=self.empty[codes])
            return pa.DictionaryArray.from_arrays(indices, self.all)
        words = self.json if form is Form.JSON else self.cells if form is Form.CELLS else self.plain
        return words.take(pa.array(codes))


class FlowRows:
    """The flow rows of an analysis, in order, as batches with the columns of :data:`annotator.report.columns.FLOW`."""

    columns: tuple[Column, ...]
    """Their columns, in order."""

    def __init__(self, facts: Facts) -> None:
        """Offer the flows of `facts`."""
        self._facts = facts
        self._flows = facts.flows
        self._addresses = facts.addresses
        self._assignments = facts.assignments
        self._tunnels = facts.analysis.tunnels
        self.columns = (*FLOW, *(BESIDE[name] for name in facts.beside))

    def __len__(self) -> int:
        return len(self._flows)

    @property
    def codes(self) -> Flows:
        """What the rows are made from."""
        return self._flows

    def batches(self, form: Form, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Give all rows in batches of `rows`."""
        for start in range(0, len(self), rows):
            yield self.batch(start, start + rows, form)

    def batch(self, start: int, stop: int, form: Form) -> pa.RecordBatch:
        """Give the rows `start` to `stop`."""
        return self.take(np.arange(start, min(stop, len(self))), form)

    def take(self, rows: NDArray[np.int64], form: Form) -> pa.RecordBatch:
        """Give the rows at some indices, in their order."""
        made = self._numbers(rows, form) | self._words(rows, form)
        made["observed_label"] = self._labels(rows, form)
        made["community_id"] = _ascii(community_ids(self._flows, rows), form)
        made["related_to"] = self._related(rows, form)
        columns = self.columns
        arrays = [made[column.name] if column.name in made else _nothing(column, len(rows), form) for column in columns]
        return pa.record_batch(arrays, names=[column.name for column in columns])

    def foremost(self, most: int) -> NDArray[np.int64]:
        """Choose `most` rows, in order: on unknown ports or in disagreement first, then those with the most bytes."""
        if len(self) <= most:
            return np.arange(len(self))
        notable = self._flows.unknown_port | (self._flows.agreement == Agreement.DIFFERS)
        ranked = np.lexsort((-self._facts.bytes, ~notable))
        return np.sort(ranked[:most])

    def protocols(self, rows: NDArray[np.int64]) -> list[int]:
        """Give the IP protocol numbers of the rows at some indices."""
        numbers: list[int] = self._flows.proto[rows].tolist()
        return numbers

    def data_frame(self) -> "pd.DataFrame":
        """Give all rows as a DataFrame with the dtypes of :data:`annotator.report.columns.PANDAS`."""
        import pandas as pd

        nullable: dict[Any, Any] = {pa.uint16(): pd.UInt16Dtype(), pa.uint8(): pd.UInt8Dtype()}
        batches = list(self.batches(Form.TYPED)) or [self.batch(0, 0, Form.TYPED)]
        table = pa.Table.from_batches(batches)
        return table.to_pandas(types_mapper=nullable.get)

    # -- numbers and times -----------------------------------------------------------------------------------------

    def _numbers(self, rows: NDArray[np.int64], form: Form) -> dict[str, Array]:
        flows = self._flows
        first, last = flows.first_ns[rows], flows.last_ns[rows]
        timeless = (first == NO_TIME) | (last == NO_TIME)
        seconds = np.where(timeless, 0, last - np.where(timeless, last, first)) / 1e9
        made = {
            "first_seen": _times(first, form),
            "last_seen": _times(last, form),
            "duration_s": pa.array(seconds, mask=timeless),
            "unknown_port": pa.array(flows.unknown_port[rows]),
        }
        for name in ("initiator_port", "responder_port"):
            ports = getattr(flows, name)[rows]
            made[name] = pa.array(ports.astype(np.uint16), mask=ports == NO_PORT)
        for name in ("icmp_type", "icmp_code"):
            octets = getattr(flows, name)[rows]
            made[name] = pa.array(octets.astype(np.uint8), mask=octets < 0)
        for column in FLOW:
            if column.kind is Kind.INTEGER:
                made[column.name] = pa.array(getattr(flows, column.name)[rows].astype(np.int64))
        if form is Form.JSON:
            made = {name: array.cast(pa.string()) for name, array in made.items()}
        return made

    # -- words -----------------------------------------------------------------------------------------------------

    def _words(self, rows: NDArray[np.int64], form: Form) -> dict[str, Array]:
        made: dict[str, Array] = {}
        kinds = {column.name: column.kind for column in self.columns}
        for name, (vocabulary, codes) in self._coded.items():
            made[name] = vocabulary.column(codes[rows], form, kinds[name] is Kind.WORD)
        return made

    @cached_property
    def _coded(self) -> dict[str, tuple[Vocabulary, NDArray[np.integer]]]:
        """Each text column's vocabulary, and the (n,) codes of all rows in it."""
        flows = self._flows
        addresses = Vocabulary(self._addresses.texts())
        scopes = Vocabulary(Scope.words())
        coded: dict[str, tuple[Vocabulary, NDArray[np.integer]]] = {
            "transport": _compact(flows.proto, protocol_keyword),
            "initiator_addr": (addresses, self._addresses.initiator),
            "responder_addr": (addresses, self._addresses.responder),
            "direction_basis": (Vocabulary(DirectionBasis.words()), flows.direction_basis),
            "outcome": (Vocabulary(Outcome.words()), flows.outcome),
            "end": (Vocabulary(End.words()), flows.end),
            "initiator_scope": (scopes, flows.initiator_scope),
            "responder_scope": (scopes, flows.responder_scope),
            "tcp_flags_initiator": _compact(flows.tcp_flags_initiator, flags_text),
            "tcp_flags_responder": _compact(flows.tcp_flags_responder, flags_text),
            "vlan": _compact(flows.vlan, vlan_text),
            "tunnel": _compact(flows.tunnel, lambda key: clean(self._tunnels.get(key, ""))),
            "observed": (Vocabulary(self._facts.observations), self._facts.observed),
            "observed_grade": _grades(flows),
            "observed_basis": _compact(flows.observed_basis, self._facts.basis),
            "site": (Vocabulary(self._facts.site_words), flows.site + 1),
            "agreement": (Vocabulary(Agreement.words()), flows.agreement),
            "agreement_reason": (Vocabulary(list(REASONS)), flows.agreement_reason),
        }
        for name, (words, codes) in self._facts.beside.items():
            coded[name] = (Vocabulary(words), codes)
        for end in ("initiator", "responder"):
            coded |= self._end(end)
        return coded

    def _labels(self, rows: NDArray[np.int64], form: Form) -> Array:
        labelled = np.flatnonzero(self._facts.labelled[rows])
        vocabulary, numbers = _numbered(["", *self._facts.labels(rows[labelled])])
        codes = np.zeros(len(rows), np.int64)
        codes[labelled] = numbers[1:]
        return vocabulary.column(codes, form, as_word=False)

    def _related(self, rows: NDArray[np.int64], form: Form) -> Array:
        """Name the flows that announced these by their Community IDs."""
        names, announced = self._facts.announcers(rows)
        return _ascii(names, form, ~announced)

    def _end(self, end: str) -> dict[str, tuple[Vocabulary, NDArray[np.integer]]]:
        flows = self._flows
        used, codes = _distinct(getattr(flows, f"{end}_entry"))
        entries = [self._assignments[index] for index in used.tolist()]

        def texts(make: Callable[[Assignment], str]) -> tuple[Vocabulary, NDArray[np.integer]]:
            return Vocabulary([make(entry) for entry in entries]), codes

        return {
            f"{end}_range_class": (Vocabulary(RangeClass.words()), range_class(getattr(flows, f"{end}_port"))),
            f"{end}_status": (Vocabulary(Status.words()), getattr(flows, f"{end}_status")),
            f"{end}_status_detail": texts(lambda entry: entry.status_detail),
            f"{end}_service": texts(lambda entry: entry.service),
            f"{end}_service_names": texts(lambda entry: " ".join(entry.service_names)),
            f"{end}_unauthorized_use": texts(lambda entry: entry.unauthorized_use),
        }


def _numbered(texts: list[str]) -> tuple[Vocabulary, NDArray[np.integer]]:
    """Number the different ones of some texts."""
    known = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    return Vocabulary(list(known)), np.array([known[text] for text in texts], np.int64)


def _distinct(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.integer]]:
    """Give the different values in ascending order, and where each row's stands: as np.unique, by hashing."""
    encoded: Any = pa.array(values).dictionary_encode()
    found = encoded.dictionary.to_numpy(zero_copy_only=False)
    order = np.argsort(found)
    rank = np.empty(len(found), np.int64)
    rank[order] = np.arange(len(found))
    return found[order], rank[encoded.indices.to_numpy()]


def _compact(values: NDArray[Any], text: Callable[[int], str]) -> tuple[Vocabulary, NDArray[np.integer]]:
    """Number the different texts of a column's values."""
    distinct, of_row = _distinct(values)
    vocabulary, codes = _numbered([text(value) for value in distinct.tolist()])
    return vocabulary, codes[of_row]


def _grades(flows: Flows) -> tuple[Vocabulary, NDArray[np.integer]]:
    """Grade the observation: nothing was looked for where nothing can be compared."""
    words = [*Grade.words(), "not_applicable"]
    nothing = (flows.observed < 0) & (flows.agreement == Agreement.NOT_APPLICABLE)
    return Vocabulary(words), np.where(nothing, len(words) - 1, flows.observed_grade)


def _times(ns: NDArray[np.int64], form: Form) -> Array:
    if form is Form.TYPED:
        typed: Array = pa.array(ns.view("datetime64[ns]"), mask=ns == NO_TIME).cast(ARROW[Kind.TIME])
        return typed
    return _ascii(iso_times(ns), form, ns == NO_TIME)


def _ascii(text: NDArray[np.bytes_], form: Form, mask: NDArray[np.bool_] | None = None) -> Array:
    """Make a column of plain ASCII text that needs no escape in any format."""
    if form is Form.JSON:
        text = np.strings.add(np.strings.add(b'"', text), b'"')
    return pa.array(text, pa.binary(), mask=mask).cast(pa.string())


def _nothing(column: Column, rows: int, form: Form) -> Array:
    """Make the column of something that no source gives yet."""
    nothing: Array = pa.nulls(rows, ARROW[column.kind] if form is Form.TYPED else pa.string())
    return nothing
