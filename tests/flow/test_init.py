"""Flows as the other rooms get them: columns of the declared types, no port where there is none."""

import dataclasses
import typing

import numpy as np

from annotator.flow import FlowSettings, FlowTable
from annotator.model import NO_PORT, Flows, Scope
from tests.flow.talk import finish_table, flows_of, shown

PACKETS = """
    0 tcp a:1000 > b:80 S seq=1
    0 udp b:53 > c:4000
    0 icmp 8/0 d > e
    0 icmp 3/13 f > g
    0 gre h > i
    0 udp a6:5 > b6:6
"""


def test_columns_have_the_declared_types_and_lengths() -> None:
    """Every array of Flows has one element a flow, of the dtype that the model declares."""
    flows = flows_of(PACKETS)
    hints = typing.get_type_hints(Flows, include_extras=True)
    for field in dataclasses.fields(Flows):
        column = getattr(flows, field.name)
        declared = typing.get_args(typing.get_args(hints[field.name])[1])[0]
        assert column.dtype == np.dtype(declared), field.name
        assert column.shape == (6,), field.name


def test_an_empty_table_gives_no_flows() -> None:
    """A capture without IP has flows of length 0, not an error."""
    assert len(finish_table(FlowTable(FlowSettings()), FlowSettings(), {}, {})) == 0


def test_ports_and_icmp_types_do_not_mix() -> None:
    """ICMP has type and code and no ports; other protocols the other way round, or neither."""
    flows = flows_of(PACKETS)
    assert [shown(flows, k) for k in range(6)] == [
        "a:1000 > b:80",
        "b:53 > c:4000",
        "d > e",
        "f > g",
        "h > i",
        "a6:5 > b6:6",
    ]
    assert flows.icmp_type.tolist() == [-1, -1, 8, 3, -1, -1]
    assert flows.icmp_code.tolist() == [-1, -1, 0, 13, -1, -1]
    assert (flows.initiator_port == NO_PORT).tolist() == [False, False, True, True, True, False]
    assert flows.version.tolist() == [4, 4, 4, 4, 4, 6]


def test_icmp_type_is_the_initiators() -> None:
    """Whichever message was seen first, the type is that of who asked."""
    flows = flows_of("0 icmp 0/0 b > a\n1 icmp 8/0 a > b\n2 icmp6 129/0 b6 > a6\n3 icmp6 128/0 a6 > b6")
    assert flows.icmp_type.tolist() == [8, 128]
    assert [shown(flows, k) for k in range(2)] == ["a > b", "a6 > b6"]


def test_scopes_are_those_of_the_oriented_ends() -> None:
    """Private addresses are local by default; documentation's IPv6 addresses are not."""
    flows = flows_of("0 udp a:1 > b:2\n0 udp a6:1 > b6:2\n0 udp a:1 > *:2")
    assert flows.initiator_scope.tolist() == [Scope.LOCAL, Scope.REMOTE, Scope.LOCAL]
    assert flows.responder_scope.tolist() == [Scope.LOCAL, Scope.REMOTE, Scope.REMOTE]
