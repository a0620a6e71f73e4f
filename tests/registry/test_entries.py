"""Dense tables of all 65,536 ports on every transport."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.registry.entries import Entries
from annotator.registry.ranges import TRANSPORTS
from annotator.registry.record import Record
from annotator.registry.registry import Registry
from annotator.words import Status

from .making import drawn_records, record, registry_of

COLUMNS = ("assigned", "nameless use", "reserved", "unassigned", "withdrawn", "not listed")


def table_of_keys(readme: Path) -> Iterator[tuple[str, int, int, list[int]]]:
    """Read the table of keys per status and detail of the registry folder's own description."""
    for line in readme.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        words = cells[0].split()
        if len(cells) == 7 and len(words) == 2 and words[0] in TRANSPORTS:
            first, last = {"system": (0, 1024), "user": (1024, 49152)}[words[1]]
            yield words[0], first, last, [int(cell) for cell in cells[1:]]


def kind(registry: Registry, place: int) -> str:
    """Name the column of the table that an entry counts in."""
    entry = registry.entries[place]
    if entry.status_detail in ("nameless_use", "withdrawn"):
        return entry.status_detail.replace("_", " ")
    return entry.status.word.replace("_", " ")


@pytest.mark.parametrize("which", ["embedded", "full"])
def test_the_counts_of_all_keys(request: pytest.FixtureRequest, iana: Path, which: str) -> None:
    """Every (transport, range class) has as many keys of each status and detail as a correct table gives."""
    registry: Registry = request.getfixturevalue(which)
    rows = list(table_of_keys(iana / "README.md"))
    assert len(rows) == 8
    for transport, first, last, expected in rows:
        table = registry.table(transport)
        counts = Counter(kind(registry, place) for place in table.entry[first:last].tolist())
        assert [counts[column] for column in COLUMNS] == expected, (transport, first)


def test_ports_without_any_row(full: Registry) -> None:
    """17 tcp ports below 49152 have no row at all, and 19 of udp."""
    tcp, udp = (np.flatnonzero(full.table(transport).status == Status.NOT_LISTED) for transport in ("tcp", "udp"))
    listed = [716, 1008, 4502, 5090, 5091, 9082, 9901, 9902, *range(11997, 12000)]
    assert tcp.tolist() == [*listed, 25471, 29169, 36423, 36424, 36443, 36444]
    assert len(udp) == 19


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_the_dense_table_says_what_a_single_lookup_says(embedded: Registry, transport: str) -> None:
    """Both ways give the same entry, for each port around the edges of anything."""
    table = embedded.table(transport)
    assert table.status.shape == table.entry.shape == (65536,)
    assert (table.status.dtype, table.entry.dtype) == (np.uint8, np.int32)
    changes = np.flatnonzero(np.diff(table.entry))[::7].tolist()
    for port in [*changes, 0, 1023, 1024, 49151, 49152, 65535]:
        entry = embedded.entries[table.entry[port]]
        assert entry == embedded.entry(transport, port)
        assert entry.status == table.status[port]


@settings(max_examples=60, deadline=None)
@given(st.lists(drawn_records(), max_size=15))
def test_each_port_has_exactly_one_status(records: list[Record]) -> None:
    """For any records, each of the 65,536 ports of the four transports has one status, the winner's."""
    registry = registry_of(records or [record("x")])
    for transport in TRANSPORTS:
        table = registry.table(transport)
        assert set(np.unique(table.status).tolist()) <= {0, 1, 2, 3, 4}
        assert (table.status[49152:] == Status.DYNAMIC).all()
        assert (table.status[:49152] != Status.DYNAMIC).all()
        statuses = np.array([entry.status for entry in registry.entries], np.uint8)
        assert (statuses[table.entry] == table.status).all()
        for each in registry.records:
            for text in each.port_range.split("-") if each.port_range else ():
                assert registry.entry(transport, int(text)) == registry.entries[table.entry[int(text)]]


def test_entries_are_made_when_they_are_asked_for(embedded: Registry) -> None:
    """A sequence like any other: length, index from either end, slices, iteration, bounds."""
    entries = Entries(embedded.records, [None, ((), 3)])
    assert len(entries) == 2
    assert entries[0].status is Status.DYNAMIC
    assert entries[-1].status_detail == "assigned on tcp and udp only"
    assert entries[0:2] == list(entries)
    assert entries[1] is entries[-1]
    with pytest.raises(IndexError):
        entries[2]


def test_whether_unauthorised_use_is_reported_is_known_without_making_the_entry(embedded: Registry) -> None:
    """As the entry itself says, of each; some are, most are not."""
    entries = embedded.entries
    said = [entries.is_use_reported(place) for place in range(len(entries))]
    assert said == [bool(entry.unauthorized_use) for entry in entries]
    assert 0 < sum(said) < len(said) / 2


def test_what_is_said_alike_is_said_once(embedded: Registry) -> None:
    """All ports of an unassigned range share an entry, on every transport."""
    places = {int(embedded.table(transport).entry[port]) for transport in TRANSPORTS for port in range(7203, 7215)}
    assert len(places) == 1
