"""Work done ahead: a thread makes the next items while one is used.

Kernels run without the interpreter's lock, so that decoding a batch and counting the one before it share two cores.
"""

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread
from typing import Final, Generic, TypeVar

from annotator.model import BATCHES_AT_HAND

Item = TypeVar("Item")
POLL_S: Final = 0.1
"""How often somebody who may want to stop is asked while an item is waited for."""
PATIENCE_S: Final = 30.0
"""How long the item at hand is waited for once it is to stop: much longer than making one takes."""


class _Maker(Thread, Generic[Item]):
    """Makes items, some ahead of their user."""

    def __init__(self, items: Iterator[Item]) -> None:
        super().__init__(name="annotator-ahead", daemon=True)  # it may wait for a pipe that nobody writes to
        self.items = items
        self.made: SimpleQueue[tuple[Item] | None] = SimpleQueue()
        """The items, each in a tuple; None behind the last one."""
        self.error: BaseException | None = None
        """What ended the items, where it was not their end."""
        self.room = Semaphore(BATCHES_AT_HAND)
        """How many more items may be begun: the one in use, and those behind it."""
        self.stopped = False

    def run(self) -> None:
        try:
            while self.room.acquire() and not self.stopped:
                item = next(self.items, self)
                if item is self:
                    break
                self.made.put((item,))  # type: ignore[arg-type]  # an Item, as it is not this thread
        except BaseException as error:  # it is raised again where the items are used
            self.error = error
        self.made.put(None)

    def take(self, stop: Callable[[], bool] | None) -> tuple[Item] | None:
        """Give the next item, in a tuple; None behind the last one, and where `stop` says so and none comes."""
        if stop is None:
            return self.made.get()
        while True:
            stopping = stop()
            try:
                return self.made.get(timeout=PATIENCE_S if stopping else POLL_S)
            except Empty:
                if stopping:
                    return None

    def stop(self) -> None:
        self.stopped = True
        self.room.release()
        self.join(timeout=1)  # the item that it is at; a pipe may keep it waiting, and then it ends with the program


def ahead(items: Iterator[Item], stop: Callable[[], bool] | None = None) -> Iterator[Item]:
    """Yield what `items` yields, made ahead.

    An item has to stay valid until BATCHES_AT_HAND further ones are asked for.

    What `items` raises is raised here, in its turn. Once `stop` says so, what keeps its maker waiting (a pipe that
    nobody writes to) is no longer waited for.
    """
    maker = _Maker(items)
    maker.start()
    try:
        while (made := maker.take(stop)) is not None:
            yield made[0]
            maker.room.release()
        if maker.error is not None:
            raise maker.error
    finally:
        maker.stop()
