"""Payloads passed over are found again in their order, by direction, and never those of another batch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.flow.passed import NOBODY, new_passed, owner_of, take_first
from annotator.flow.table import WANTED, FlowSettings, FlowTable
from annotator.kernel.jit import kernel
from tests.flow.talk import headers


@kernel
def take(passed: object, rows: object, index: int, d: int, owner: int) -> int:
    """Call :func:`take_first` on a row; a kernel takes a record only out of its array."""
    return take_first(passed, rows[index], d, owner)  # type: ignore[index]  # an array, as kernels take it


def ask(table: FlowTable, rows: np.ndarray, sights: np.ndarray, looks: int) -> list[int]:
    """Want `looks` payloads more of every direction that was seen, and give the header rows that are offered."""
    for shard in table.shards:
        shard.rows["watch"][: shard.used] = looks
    wanted = np.zeros(len(sights), WANTED)
    for field in ("row", "shard", "direction"):
        wanted[field] = sights[field]
    given_now: list[int] = table.more(rows, wanted)["header"].tolist()
    return given_now


@given(order=st.lists(st.booleans(), min_size=1, max_size=30), looks=st.integers(1, 4))
def test_they_come_back_in_order(order: list[bool], looks: int) -> None:
    """However the directions alternate: the first of each at once, then so many of each at a time, none twice."""
    lines = [f"{n} udp {'b:2 > a:1' if back else 'a:1 > b:2'} len=5" for n, back in enumerate(order)]
    rows = headers(lines)
    table = FlowTable(FlowSettings())
    sights = table.add(rows, 0).copy()
    places = {side: [n for n, back in enumerate(order) if back is side] for side in (False, True)}
    assert sorted(sights["header"].tolist()) == sorted(line[0] for line in places.values() if line)
    for turn in range(3):
        start = 1 + turn * looks
        expected = sorted(n for line in places.values() for n in line[start : start + looks])
        assert ask(table, rows, sights, looks) == expected


def test_a_batch_knows_nothing_of_the_one_before() -> None:
    """What was passed over is gone with its batch, though the flow's row still names it."""
    table = FlowTable(FlowSettings())
    many = headers([f"{n} udp a:1 > b:2 len=5" for n in range(20)])
    sights = table.add(many, 0).copy()
    few = headers(["20 udp a:3 > b:4 len=5", "21 udp a:1 > b:2"])
    table.add(few, 0)
    assert ask(table, few, sights, 4) == []


def test_an_empty_ring_has_no_first() -> None:
    """And one of another owner is as good as empty."""
    table = FlowTable(FlowSettings())
    table.add(headers(["0 udp a:1 > b:2 len=5"]), 0)
    (shard, number) = next((shard, n) for n, shard in enumerate(table.shards) if shard.used)
    rings = new_passed(4)
    assert take(rings, shard.rows, 0, 0, owner_of(0, number, 0)) == NOBODY
    shard.rows["passed"][0] = 2
    rings.owner[2] = owner_of(7, number, 0)
    assert take(rings, shard.rows, 0, 0, owner_of(0, number, 0)) == NOBODY


@given(
    one=st.tuples(st.integers(0, 2**27), st.integers(0, 15), st.integers(0, 1)),
    two=st.tuples(st.integers(0, 2**27), st.integers(0, 15), st.integers(0, 1)),
)
def test_owners_are_told_apart(one: tuple[int, int, int], two: tuple[int, int, int]) -> None:
    assert (owner_of(*one) == owner_of(*two)) is (one == two)
