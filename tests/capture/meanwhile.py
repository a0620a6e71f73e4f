"""Live capture on a host of :mod:`tests.namespaces` while a test makes traffic."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, NamedTuple, TypeVar

from annotator.capture import Reader
from annotator.capture.live import LiveReader, LiveSettings, open_live
from annotator.model import Analysis
from annotator.pipeline import run
from annotator.settings import Settings
from tests.namespaces import Host

Result = TypeVar("Result")

READY_S = 120
"""Kernels may have to be compiled first."""


class Frame(NamedTuple):
    """One packet of a batch, copied out."""

    data: bytes
    origlen: int
    link_type: int
    ts_ns: int


def frames(reader: Reader) -> list[Frame]:
    """Copy all packets out of a reader."""
    return [
        Frame(batch.data[start : start + caplen].tobytes(), origlen, link_type, ts_ns)
        for batch in reader.batches()
        for start, caplen, origlen, link_type, ts_ns in zip(
            *(column.tolist() for column in (batch.offset, batch.caplen, batch.origlen, batch.link_type, batch.ts_ns)),
            strict=True,
        )
    ]


def analysed(reader: LiveReader) -> Analysis:
    """Take the packets down the data path."""
    return run([reader], Settings())


class Capture(Generic[Result]):
    """A capture that goes on in another thread."""

    def __init__(self, reader: LiveReader, work: Callable[[LiveReader], Result]) -> None:
        self.reader = reader
        self.begun = threading.Event()
        reader.on_begin = self.begun.set
        self._work = work
        self._results: list[Result] = []
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            self._results.append(self._work(self.reader))
        finally:
            self.begun.set()

    def result(self) -> Result:
        """Wait for the capture to end, and give what came of it."""
        self.thread.join(READY_S)
        return self._results[0]


@contextmanager
def capturing(
    host: Host,
    work: Callable[[LiveReader], Result],
    interface: str = "eth0",
    settings: LiveSettings | None = None,
) -> Iterator[Capture[Result]]:
    """Capture while the body runs; all that was sent in it is in the result."""
    with host.inside():
        reader = open_live(interface, settings)
    capture = Capture(reader, work)
    capture.thread.start()
    try:
        assert capture.begun.wait(READY_S)
        yield capture
    finally:
        reader.stop()
        capture.thread.join(READY_S)
        reader.close()
