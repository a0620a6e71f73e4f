"""Flow rows as Arrow batches: the text of a row is made when the row is asked for, each different word once.

Importing this module imports pyarrow; documents do without it unless flows are asked for.
"""

from collections.abc import Callable, Iterator
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from annotator.compare import REASONS
from annotator.distinct import distinct
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
from annotator.report.arrow import Array
from annotator.report.assignment import Assignment
from annotator.report.columns import BESIDE, FLOW, Column, Kind
from annotator.report.facts import Facts
from annotator.report.sanitize import clean
from annotator.report.text import flags_text, iso_times, vlan_text
from annotator.report.vocabulary import Codes, Vocabulary, compact, numbered, worded

if TYPE_CHECKING:
    import pandas as pd

Rows: TypeAlias = slice | NDArray[np.int64]
"""Which flows: some that follow each other, which costs no copy, or indices."""

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
    """Arrow types as in :data:`ARROW`: for DataFrames."""
    CODED = "coded"
    """As TYPED, but texts that repeat are dictionaries too, of those in the batch: for columnar files."""
    TEXT = "text"
    """As TYPED, but times as ISO 8601 text and words as plain texts: for documents."""
    CELLS = "cells"
    """As TEXT, with spreadsheet formulas disarmed: for CSV and TSV."""
    JSON = "json"
    """Every column as JSON text."""


TYPES: Final = (Form.TYPED, Form.CODED)
"""The forms in which a column that holds no text is of its kind's Arrow type."""


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
        return self.take(slice(start, min(stop, len(self))), form)

    def take(self, rows: Rows, form: Form) -> pa.RecordBatch:
        """Give some rows, in their order."""
        made = self._numbers(rows, form) | self._words(rows, form)
        made["observed_label"] = self._labels(rows, form)
        made["community_id"] = _ascii(community_ids(self._flows, rows), form)
        made["related_to"] = self._related(rows, form)
        columns, count = self.columns, len(made["community_id"])
        arrays = [made[column.name] if column.name in made else _nothing(column, count, form) for column in columns]
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

    def _numbers(self, rows: Rows, form: Form) -> dict[str, Array]:
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
                made[column.name] = pa.array(getattr(flows, column.name)[rows].astype(np.int64, copy=False))
        if form is Form.JSON:
            made = {name: array.cast(pa.string()) for name, array in made.items()}
        return made

    # -- words -----------------------------------------------------------------------------------------------------

    def _words(self, rows: Rows, form: Form) -> dict[str, Array]:
        made: dict[str, Array] = {}
        kinds = {column.name: column.kind for column in self.columns}
        for name, (vocabulary, codes) in self._coded.items():
            made[name] = _text(vocabulary, codes[rows], form, as_word=kinds[name] is Kind.WORD)
        return made

    @cached_property
    def _coded(self) -> dict[str, tuple[Vocabulary, Codes]]:
        """Each text column's vocabulary, and the (n,) codes of all rows in it."""
        flows = self._flows
        addresses = Vocabulary(self._addresses.texts())
        scopes = Vocabulary(Scope.words())
        coded: dict[str, tuple[Vocabulary, Codes]] = {
            "transport": compact(flows.proto, protocol_keyword),
            "initiator_addr": (addresses, self._addresses.initiator),
            "responder_addr": (addresses, self._addresses.responder),
            "direction_basis": (Vocabulary(DirectionBasis.words()), flows.direction_basis),
            "outcome": (Vocabulary(Outcome.words()), flows.outcome),
            "end": (Vocabulary(End.words()), flows.end),
            "initiator_scope": (scopes, flows.initiator_scope),
            "responder_scope": (scopes, flows.responder_scope),
            "tcp_flags_initiator": compact(flows.tcp_flags_initiator, flags_text),
            "tcp_flags_responder": compact(flows.tcp_flags_responder, flags_text),
            "vlan": compact(flows.vlan, vlan_text),
            "tunnel": compact(flows.tunnel, lambda key: clean(self._tunnels.get(key, ""))),
            "observed": (Vocabulary(self._facts.observations), self._facts.observed),
            "observed_grade": _grades(flows),
            "observed_basis": compact(flows.observed_basis, self._facts.basis),
            "site": worded(self._facts.site_words, flows.site + 1),
            "agreement": (Vocabulary(Agreement.words()), flows.agreement),
            "agreement_reason": (Vocabulary(list(REASONS)), flows.agreement_reason),
        }
        for name, (words, codes) in self._facts.beside.items():
            coded[name] = worded(words, codes)
        for end in ("initiator", "responder"):
            coded |= self._end(end)
        return coded

    def _labels(self, rows: Rows, form: Form) -> Array:
        has_label = self._facts.labelled[rows]
        labelled = np.flatnonzero(has_label)
        flows = rows.start + labelled if isinstance(rows, slice) else rows[labelled]
        vocabulary, numbers = numbered(["", *self._facts.labels(flows)])
        codes = np.zeros(len(has_label), np.int64)
        codes[labelled] = numbers[1:]
        return _text(vocabulary, codes, form)

    def _related(self, rows: Rows, form: Form) -> Array:
        """Name the flows that announced these by their Community IDs."""
        names, announced = self._facts.announcers(rows)
        return _ascii(names, form, ~announced)

    def _end(self, end: str) -> dict[str, tuple[Vocabulary, Codes]]:
        flows = self._flows
        used, codes = distinct(getattr(flows, f"{end}_entry"))
        entries = [self._assignments[index] for index in used.tolist()]

        def texts(make: Callable[[Assignment], str]) -> tuple[Vocabulary, Codes]:
            return worded([make(entry) for entry in entries], codes)

        return {
            f"{end}_range_class": (Vocabulary(RangeClass.words()), range_class(getattr(flows, f"{end}_port"))),
            f"{end}_status": (Vocabulary(Status.words()), getattr(flows, f"{end}_status")),
            f"{end}_status_detail": texts(lambda entry: entry.status_detail),
            f"{end}_service": texts(lambda entry: entry.service),
            f"{end}_service_names": texts(lambda entry: " ".join(entry.service_names)),
            f"{end}_unauthorized_use": texts(lambda entry: entry.unauthorized_use),
        }


def _text(vocabulary: Vocabulary, codes: Codes, form: Form, *, as_word: bool = False) -> Array:
    """Make a text column of (n,) codes; `as_word`: of one of few words."""
    if form is Form.CODED or (form is Form.TYPED and as_word):
        return vocabulary.dictionary(codes, whole=as_word)
    every = vocabulary.json if form is Form.JSON else vocabulary.cells if form is Form.CELLS else vocabulary.plain
    places: Any = pa.array(codes)
    return every.take(places)


def _grades(flows: Flows) -> tuple[Vocabulary, Codes]:
    """Grade the observation: nothing was looked for where nothing can be compared."""
    words = [*Grade.words(), "not_applicable"]
    nothing = (flows.observed < 0) & (flows.agreement == Agreement.NOT_APPLICABLE)
    return Vocabulary(words), np.where(nothing, len(words) - 1, flows.observed_grade)


def _times(ns: NDArray[np.int64], form: Form) -> Array:
    if form in TYPES:
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
    nothing: Array = pa.nulls(rows, ARROW[column.kind] if form in TYPES else pa.string())
    return nothing
