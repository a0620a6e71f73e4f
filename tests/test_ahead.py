"""What is made ahead comes in order, with its errors; nobody waits for it who has said stop."""

import threading
import time
from collections.abc import Iterator

import pytest

from annotator import ahead as module
from annotator.ahead import ahead
from annotator.model import BATCHES_AT_HAND


def test_items_come_in_order() -> None:
    """All of them, with and without somebody who may stop."""
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead(iter(range(100)), lambda: False)) == list(range(100))


def test_an_item_stays_while_few_are_made() -> None:
    """No more are begun while one is used than may be at hand with it."""
    made: list[int] = []

    def make() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    for number in ahead(make()):
        time.sleep(0.01)
        assert len(made) <= number + BATCHES_AT_HAND


def test_errors_are_raised_in_their_turn() -> None:
    """What was made before comes first."""

    def make() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    items = ahead(make())
    assert next(items) == 1
    with pytest.raises(ZeroDivisionError):
        next(items)


def test_what_is_under_way_is_taken_after_stop() -> None:
    """Saying stop loses nothing that its maker still makes."""
    stopped = threading.Event()

    def make() -> Iterator[int]:
        yield 1
        stopped.wait(5)
        yield 2

    items = ahead(make(), stopped.is_set)
    assert next(items) == 1
    threading.Timer(0.2, stopped.set).start()
    assert list(items) == [2]


def test_nobody_waits_for_ever_after_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """A maker that waits for something is left alone once patience is over."""
    monkeypatch.setattr(module, "PATIENCE_S", 0.2)
    never = threading.Event()

    def make() -> Iterator[int]:
        yield 1
        never.wait(30)
        yield 2

    began = time.monotonic()
    assert list(ahead(make(), lambda: True)) == [1]
    assert time.monotonic() - began < 10
    never.set()
