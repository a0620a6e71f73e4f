"""The services among the records."""

from annotator.registry.export.services import Assignment, assignments
from annotator.registry.registry import Registry

from ..making import record

ALIAS = 'This entry is an alias to "new".'


def test_an_alias_stands_with_its_name() -> None:
    """Where the name has the same ports and transport; on its own elsewhere."""
    records = [
        record("new", "1", "tcp", "text"),
        record("old", "1", "tcp", notes=ALIAS),
        record("old", "1", "udp", notes=ALIAS),
    ]
    assert list(assignments(records)) == [
        Assignment("new", 1, 1, "tcp", ("old",), "text"),
        Assignment("old", 1, 1, "udp", (), ""),
    ]


def test_a_record_for_any_transport_is_assigned_on_all() -> None:
    """Four assignments."""
    assert [item.transport for item in assignments([record("x", "1-3")])] == ["tcp", "udp", "sctp", "dccp"]


def test_what_assigns_no_port_is_left_out() -> None:
    """Names without a port, and ports without a name."""
    assert list(assignments([record("x"), record("", "1", "tcp", "Reserved")])) == []


def test_no_name_on_a_port_is_lost(embedded: Registry) -> None:
    """Every named key of the registry is there, as a name or as an alias."""
    exported = {
        (name, port, item.transport)
        for item in assignments(embedded.records)
        for name in (item.name, *item.aliases)
        for port in (item.first, item.last)
    }
    for port in range(0, 49152, 13):
        for transport in ("tcp", "udp", "sctp", "dccp"):
            for name in embedded.entry(transport, port).service_names:
                assert any((name, edge, transport) in exported for edge in (port, *range(max(port - 99, 0), port)))
