"""Time the stages of one run inside the process: ``python -m benchmarks.micro CAPTURE [--repeat N] [--json FILE]``.

The stages are annotator's own data path, watched and not rebuilt: each function or method that a stage is made of is
wrapped in a clock that counts its own time, less that of the stages it calls. Two threads share the work, so stages are
counted in processor time of the thread that they ran in, and each thread adds up for itself; what lies between the
stages is shown as such. The first run compiles and warms up, and is not counted.

Start-up is wall time of processes of their own, each with more of it. The last of them is the whole command on the
first bytes of the capture: interpreter, imports, registry and kernels loaded, and next to no packets.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from threading import Lock, current_thread, local, main_thread
from typing import Any, Final
from unittest.mock import patch

from annotator import pipeline, shares
from annotator.capture import open_captures
from annotator.capture.window import Window
from annotator.model import Analysis
from annotator.report.formats import FORMATS, encode
from annotator.report.report import Report

INDEX: Final = "index"
READ: Final = "read"
REST: Final = "in between"
STAGES: Final = (
    (REST, "decode"),
    ("decode", "Decoder.decode"),
    ("fragments", "Fragments.tie"),
    ("shard", "Sharder.shard"),
    ("flow table", "FlowTable.add"),
    ("flow table, passed over", "FlowTable.more"),
    ("evidence, payloads", "Observer.look"),
    ("flow table, merge", "Shares.join"),
    ("evidence, judgement", "find"),
    ("orient", "finish"),
    ("registry", "look_up"),
    ("related flows", "relate"),
    ("related flows, announced", "announced_endpoints"),
    ("compare", "compare"),
    ("registry, load", "load_registry"),
)
"""A stage's name, and where its work is done, as :mod:`annotator.pipeline` or :mod:`annotator.shares` calls it."""
MAIN: Final = "main thread"
AHEAD: Final = "thread that reads ahead"
SHARING: Final = "threads that share the flows"
"""Where there are more than two processors."""
READING: Final = "thread that reads the file"
THREADS: Final = (MAIN, AHEAD, SHARING, READING)
BY_NAME: Final = {"annotator-share": SHARING, "annotator-read": READING, "annotator-ahead": AHEAD}
"""What a thread does, by the beginning of its name."""
WHOLE: Final = "analysis, wall"
PROCESSOR: Final = "analysis, processor"
START: Final = "start, and its first bytes"
COMMAND: Final = "whole command, wall"
TEXT: Final = "write text"
HEAD_BYTES: Final = 1 << 21
"""Enough of a capture to need all kernels that the rest needs, but for rare packets."""
DONE: Final = (0, 4)
"""Exit codes of a report that was written: whole, or of a capture that is cut short."""


@dataclass
class Book:
    """What one thread spent."""

    seconds: dict[str, float] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)
    since: float = 0.0

    def switch(self) -> None:
        """Book the processor time since the last switch."""
        now = time.thread_time()
        if self.running:
            self.seconds[self.running[-1]] = self.seconds.get(self.running[-1], 0.0) + now - self.since
        self.since = now


class Clock:
    """Adds up the processor time of stages, thread by thread; a stage within a stage counts for itself only."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._books: list[tuple[str, Book]] = []
        self._lock = Lock()
        self._own = local()

    @property
    def book(self) -> Book:
        """The calling thread's own."""
        if not hasattr(self._own, "book"):
            self._own.book = Book()
            with self._lock:
                thread = current_thread()
                kind = next((kind for name, kind in BY_NAME.items() if thread.name.startswith(name)), AHEAD)
                self._books.append((MAIN if thread is main_thread() else kind, self._own.book))
        book: Book = self._own.book
        return book

    def seconds(self, thread: str) -> dict[str, float]:
        """Give what a kind of thread spent, by stage."""
        found: dict[str, float] = {}
        for name, book in self._books:
            if name == thread:
                for stage, spent in book.seconds.items():
                    found[stage] = found.get(stage, 0.0) + spent
        return found

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function; one that gives an iterator is timed while it is iterated, too."""

        def call(*args: Any, **kwargs: Any) -> Any:
            book = self.book
            book.switch()
            book.running.append(stage)
            try:
                result = function(*args, **kwargs)
            finally:
                book.switch()
                book.running.pop()
            return self.iterate(stage, result) if isinstance(result, Iterator) else result

        return call

    def iterate(self, stage: str, items: Iterator[Any]) -> Iterator[Any]:
        """Give the items, their making timed, in whatever thread that is done."""
        following = self.timed(stage, lambda: next(items, self))
        while (item := following()) is not self:
            yield item


@dataclass(frozen=True)
class Run:
    """One analysis, timed."""

    analysis: Analysis
    wall: float
    processor: float
    """Of the process, all threads."""
    threads: dict[str, dict[str, float]]
    """Processor time by thread and stage."""


def once(capture: Path) -> Run:
    """Analyse the capture, and say how long each stage took."""
    clock = Clock()

    def open_timed(paths: Any, **options: Any) -> Any:
        readers = open_captures(paths, **options)
        for reader in readers:
            reader.batches = clock.timed(INDEX, reader.batches)  # type: ignore[method-assign]  # this one's only
        return readers

    with ExitStack() as patches:
        patches.enter_context(patch.object(pipeline, "open_captures", open_timed))
        patches.enter_context(patch.object(Window, "_read", clock.timed(READ, Window._read)))  # noqa: SLF001  # watched
        for stage, place in STAGES:
            *holder, name = place.split(".")
            module = pipeline if hasattr(pipeline, holder[0] if holder else name) else shares
            owner = getattr(module, holder[0]) if holder else module
            patches.enter_context(patch.object(owner, name, clock.timed(stage, getattr(owner, name))))
        start, processor = time.perf_counter(), time.process_time()
        analysis = clock.timed(REST, pipeline.analyse)([str(capture)])
        wall, processor = time.perf_counter() - start, time.process_time() - processor
    return Run(analysis, wall, processor, {thread: clock.seconds(thread) for thread in THREADS})


def formats(analysis: Analysis, names: list[str]) -> dict[str, float]:
    """Say how long each format takes to write, grouping included."""
    taken = {}
    for name in names:
        fresh = Report(analysis)  # a report keeps what it has worked out
        start = time.perf_counter()
        for _ in encode(fresh, name, flows=False, rows="flows"):
            pass
        taken[f"write {name}"] = time.perf_counter() - start
    return taken


def start_up(capture: Path, folder: Path) -> dict[str, float]:
    """Say how long it takes to get going, step by step, and how long the whole command takes on the capture."""
    head = folder / f"head-{capture.name}"
    with capture.open("rb") as file:
        head.write_bytes(file.read(HEAD_BYTES))
    command = [sys.executable, "-m", "annotator"]
    taken = {}
    for name, arguments in (
        ("start Python", [sys.executable, "-c", "pass"]),
        ("start, the command", [sys.executable, "-c", "import annotator.cli"]),
        (
            "start, the data path",
            [sys.executable, "-c", "import annotator.cli, annotator.pipeline, annotator.report.report"],
        ),
        (START, [*command, str(head)]),
        (COMMAND, [*command, str(capture)]),
    ):
        start = time.perf_counter()
        ended = subprocess.run(arguments, check=False, stdout=subprocess.DEVNULL)
        taken[name] = time.perf_counter() - start
        if ended.returncode not in DONE:
            raise subprocess.CalledProcessError(ended.returncode, arguments)
    return taken


def middle(tables: list[dict[str, float]]) -> dict[str, float]:
    """Give the middle of each row of several tables."""
    return {name: median(table.get(name, 0.0) for table in tables) for name in tables[-1]}


def main(arguments: list[str]) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.micro", description=__doc__.split("\n", 1)[0])
    parser.add_argument("capture", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--format", action="append", choices=[*FORMATS], help="time this one, too (default: json, csv)")
    parser.add_argument("--json", type=Path, help="write the tables")
    options = parser.parse_args(arguments)
    run = once(options.capture)
    packets, flows = sum(capture.packets_read for capture in run.analysis.captures), len(run.analysis.flows)
    runs: list[Run] = []
    around: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.repeat):
            run = once(options.capture)
            written = formats(run.analysis, ["text", *(options.format or ("json", "csv"))])
            around.append(start_up(options.capture, Path(folder)) | written)
            runs.append(run)
    threads = {thread: middle([run.threads[thread] for run in runs]) for thread in THREADS if run.threads[thread]}
    whole = {WHOLE: median(run.wall for run in runs), PROCESSOR: median(run.processor for run in runs)}
    seconds = whole | middle(around)
    print(f"{options.capture.name}: {packets:,} packets, {flows:,} flows, middle of {options.repeat}")
    for thread, table in threads.items():
        of_it = {stage: table[stage] for stage in (READ, INDEX, *dict(STAGES)) if stage in table}
        print(f"\n{thread:28} {'CPU s':>8} {'ns/packet':>10} {'share':>7}")
        for stage, spent in (*of_it.items(), ("in all", sum(of_it.values()))):
            print(f"{stage:28} {spent:8.3f} {spent / packets * 1e9:10.1f} {spent / sum(of_it.values()):7.1%}")
    print(f"\n{'the whole':28} {'s':>8} {'ns/packet':>10}")
    for name, spent in seconds.items():
        print(f"{name:28} {spent:8.3f} {spent / packets * 1e9:10.1f}")
    parts = seconds[START] + seconds[WHOLE] + seconds[TEXT]
    print(f"\n{START} + {WHOLE} + {TEXT} = {parts:.3f} s; {COMMAND}: {seconds[COMMAND]:.3f} s")
    if options.json:
        result = {"capture": options.capture.name, "packets": packets, "seconds": seconds, "threads": threads}
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
