"""The pool joins what is given to a slot, keeps to its bounds, and never gives one stream another's bytes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence.pool import POOL_BYTES, SLOTS, Pool, append_payload, new_pool, store_payload
from annotator.kernel.load import view


def small(slots: int) -> Pool:
    """Make a pool of a few slots."""
    return Pool(
        np.zeros(slots * POOL_BYTES, np.uint8), np.zeros(slots, np.int64), np.full(slots, -1), np.zeros(1, np.int64)
    )


def store(pool: Pool, owner: int, payload: bytes) -> int:
    """Store a payload that stands behind foreign bytes."""
    data = np.frombuffer(b"##" + payload, np.uint8)  # a view does not keep it
    return store_payload(pool, owner, view(data), 2, 2 + len(payload))


def append(pool: Pool, slot: int, owner: int, payload: bytes) -> bytes | None:
    """Append a payload; gives all that is joined, None where it is lost."""
    data = np.frombuffer(b"##" + payload, np.uint8)
    start, end = append_payload(pool, slot, owner, view(data), 2, 2 + len(payload))
    return None if start < 0 else pool.data[start:end].tobytes()


def test_segments_are_joined_in_order() -> None:
    """Each behind what is there."""
    pool = new_pool()
    assert len(pool.owner) == SLOTS
    slot = store(pool, 7, b"GET ")
    assert append(pool, slot, 7, b"/ HTTP") == b"GET / HTTP"
    assert append(pool, slot, 7, b"/1.1") == b"GET / HTTP/1.1"


def test_a_slot_holds_so_much_and_no_more() -> None:
    """What is beyond is dropped, and the next slot untouched."""
    pool = small(2)
    slot = store(pool, 1, b"a" * (POOL_BYTES - 1))
    assert append(pool, slot, 1, b"bcd") == b"a" * (POOL_BYTES - 1) + b"b"
    assert append(pool, slot, 1, b"e") == b"a" * (POOL_BYTES - 1) + b"b"
    assert not pool.data[POOL_BYTES:].any()
    assert len(append(pool, store(pool, 2, b"x" * 2 * POOL_BYTES), 2, b"") or b"") == POOL_BYTES


def test_the_longest_waiting_gives_way() -> None:
    """A stream whose slot was given to another is told so."""
    pool = small(2)
    first, second = store(pool, 1, b"one"), store(pool, 2, b"two")
    third = store(pool, 3, b"three")
    assert third == first
    assert append(pool, first, 1, b"!") is None
    assert append(pool, second, 2, b"!") == b"two!"
    assert append(pool, third, 3, b"!") == b"three!"


@given(st.lists(st.tuples(st.integers(0, 4), st.binary(max_size=40)), max_size=60))
def test_a_stream_reads_its_own_bytes_or_nothing(words: list[tuple[int, bytes]]) -> None:
    """However many streams share a few slots."""
    pool = small(3)
    slots: dict[int, int] = {}
    said: dict[int, bytes] = {}
    for owner, payload in words:
        joined = append(pool, slots[owner], owner, payload) if owner in slots else None
        if joined is None:
            slots[owner], said[owner] = store(pool, owner, payload), payload
        else:
            said[owner] += payload
            assert joined == said[owner][:POOL_BYTES]
