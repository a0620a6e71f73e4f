"""Precedence: which records cover a port, and which of them comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import RegistryError
from annotator.registry.index import transports_of
from annotator.registry.ranges import TRANSPORTS, parse_ports
from annotator.registry.record import Record, RowStatus

from .making import PORT, drawn_records, record, registry_of


def precedes(one: Record, other: Record) -> bool:
    """Say whether a record has precedence over another, from the rule as it is written down."""
    if bool(one.service_name) != bool(other.service_name):
        return bool(one.service_name)
    if bool(one.transport) != bool(other.transport):
        return bool(one.transport)
    widths = [last - first for first, last in (parse_ports(r.port_range) or (0, 0) for r in (one, other))]
    return widths[0] < widths[1]


@given(st.lists(drawn_records(), max_size=12), PORT, st.sampled_from(TRANSPORTS))
def test_the_covering_records_stand_in_order_of_precedence(records: list[Record], port: int, transport: str) -> None:
    """Exactly those that hold the port on the transport; none after one that it precedes; ties in IANA's order."""
    registry = registry_of(records) if records else registry_of([record("x", "1")])
    records = list(registry.records)
    found = registry.covering(transport, port)
    holding = [
        i
        for i, r in enumerate(records)
        if r.port_range and int(r.port_range.split("-")[0]) <= port <= int(r.port_range.split("-")[-1])
    ]
    assert sorted(found) == [i for i in holding if records[i].transport in ("", transport)]
    for place, i in enumerate(found):
        for j in found[place + 1 :]:
            assert not precedes(records[j], records[i])
            if not precedes(records[i], records[j]):
                assert i < j


@given(st.lists(drawn_records(), min_size=1, max_size=12), PORT)
def test_the_transports_on_which_a_number_is_assigned(records: list[Record], port: int) -> None:
    """Those of every covering record that assigns it to something."""
    registry = registry_of(records)
    expected = {
        transport
        for transport in TRANSPORTS
        for i in registry.covering(transport, port)
        if records[i].row_status in (RowStatus.ASSIGNED, RowStatus.NAMELESS_USE)
    }
    index = registry.index
    assert set(transports_of(index.assigned_on(index.segments.find(port)))) == expected


def test_a_transport_that_has_no_ports_covers_none() -> None:
    """A record for another transport is kept, and covers no port of those that have some."""
    registry = registry_of([record("x", "7", "ddp")])
    assert [registry.covering(transport, 7) for transport in TRANSPORTS] == [[], [], [], []]


def test_ports_that_are_none_are_one_clear_error() -> None:
    """A snapshot that somebody tampered with names the record."""
    registry = registry_of([record("x", "7"), record("y", "70000")])
    with pytest.raises(RegistryError, match=r"record 2.*65535"):
        _ = registry.index
