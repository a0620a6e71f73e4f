"""Which endpoints look like servers: three peers on distinct ports, most of which began."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.flow.ends import read_ends
from annotator.flow.fan_in import fan_in
from annotator.flow.table import FlowSettings, FlowTable
from annotator.model import FAN_IN_PEERS
from tests.flow.talk import headers


def rows_of(lines: list[str]) -> np.ndarray:
    table = FlowTable(FlowSettings())
    table.add(headers(lines), 0)
    return table.rows()


CASES: list[tuple[str, list[str], bool]] = [
    ("three peers that began", ["0 udp b:1 > a:9", "1 udp c:2 > a:9", "2 udp d:3 > a:9"], True),
    ("two peers only", ["0 udp b:1 > a:9", "1 udp c:2 > a:9"], False),
    ("three peers on one port", ["0 udp b:1 > a:9", "1 udp c:1 > a:9", "2 udp d:1 > a:9"], False),
    ("one peer on three ports", ["0 udp b:1 > a:9", "1 udp b:2 > a:9", "2 udp b:3 > a:9"], True),
    ("it began with most of them", ["0 udp b:1 > a:9", "1 udp a:9 > c:2", "2 udp a:9 > d:3"], False),
    ("half began", ["0 udp b:1 > a:9", "1 udp c:2 > a:9", "2 udp a:9 > d:3", "3 udp a:9 > e:4"], False),
    ("its other port does not count", ["0 udp b:1 > a:9", "1 udp c:2 > a:8", "2 udp d:3 > a:9"], False),
    ("nor the other transport", ["0 udp b:1 > a:9", "1 tcp c:2 > a:9 A", "2 udp d:3 > a:9"], False),
]


@pytest.mark.parametrize(("what", "lines", "serves"), CASES, ids=[case[0] for case in CASES])
def test_who_serves(what: str, lines: list[str], serves: bool) -> None:
    """The verdict on a:9, the end A of every flow here (it has the lowest address)."""
    rows = rows_of(lines)
    verdict = fan_in(rows, np.ones(len(rows), np.bool_), np.ones(len(rows), np.bool_))
    assert bool(verdict[0][read_ends(rows).a_port == 9].any()) is serves
    assert not verdict[1].any()


def test_only_what_is_asked_is_judged_but_all_flows_count() -> None:
    rows = rows_of(["0 udp b:1 > a:9", "1 udp c:2 > a:9", "2 udp d:3 > a:9"])
    asked = np.array([True, False, False])
    assert fan_in(rows, np.ones(3, np.bool_), asked)[0].tolist() == [True, False, False]
    assert not fan_in(rows, np.ones(3, np.bool_), np.zeros(3, np.bool_)).any()


FLOW = st.tuples(st.sampled_from("abcd"), st.integers(1, 3), st.sampled_from("abcd"), st.integers(1, 3))


@settings(max_examples=60)
@given(flows=st.lists(FLOW.filter(lambda flow: flow[0] != flow[2]), min_size=1, max_size=25))
def test_it_is_what_counting_by_hand_gives(flows: list[tuple[str, int, str, int]]) -> None:
    """For every end of every flow, against dictionaries."""
    begun: dict[frozenset[tuple[str, int]], tuple[str, int]] = {}
    for one, one_port, two, two_port in flows:
        begun.setdefault(frozenset({(one, one_port), (two, two_port)}), (one, one_port))
    rows = rows_of([f"{n} udp {a}:{p} > {b}:{q}" for n, (a, p, b, q) in enumerate(flows)])
    assert len(rows) == len(begun)

    def serves(end: tuple[str, int]) -> bool:
        own = [pair for pair in begun if end in pair]
        peers = {port for pair in own for name, port in pair - {end}}
        by_peer = sum(begun[pair] != end for pair in own)
        return len(peers) >= FAN_IN_PEERS and 2 * by_peer > len(own)

    verdict = fan_in(rows, np.ones(len(rows), np.bool_), np.ones(len(rows), np.bool_))
    for n, pair in enumerate(begun):
        for side, end in enumerate(sorted(pair)):
            assert bool(verdict[side, n]) is serves(end)
