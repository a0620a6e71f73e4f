"""Time the stages of one run inside the process: ``python -m benchmarks.micro CAPTURE [--repeat N] [--json FILE]``.

The stages are annotator's own data path, watched and not rebuilt: each function or method that a stage is made of is
wrapped in a clock that counts its own time, less that of the stages it calls. The first run compiles and warms up, and
is not counted. What remains between the stages is shown as such.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, Final
from unittest.mock import patch

from annotator import pipeline
from annotator.capture import open_captures
from annotator.model import Analysis
from annotator.report.formats import FORMATS, encode
from annotator.report.report import Report

STAGES: Final = (
    ("decode", "Decoder.decode"),
    ("fragments", "Fragments.tie"),
    ("flow table", "FlowTable.add"),
    ("evidence, first payloads", "Observer.look"),
    ("flow table, merge", "FlowTable.rows"),
    ("evidence, judgement", "find"),
    ("orient", "finish"),
    ("registry", "look_up"),
    ("related flows", "relate"),
    ("related flows, announced", "announced_endpoints"),
    ("compare", "compare"),
    ("registry, load", "load_registry"),
)
"""A stage's name, and where its work is done, as :mod:`annotator.pipeline` calls it."""
INDEX: Final = "index"
REST: Final = "in between"
WHOLE: Final = "analysis in all"


class Clock:
    """Adds up the time of stages; a stage within a stage counts for itself only."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.seconds: dict[str, float] = {}
        self.running: list[str] = []
        self.since = 0.0

    def switch(self) -> None:
        """Book the time since the last switch."""
        now = time.perf_counter()
        if self.running:
            self.seconds[self.running[-1]] = self.seconds.get(self.running[-1], 0.0) + now - self.since
        self.since = now

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function; one that gives an iterator is timed while it is iterated, too."""

        def call(*args: Any, **kwargs: Any) -> Any:
            self.switch()
            self.running.append(stage)
            try:
                result = function(*args, **kwargs)
            finally:
                self.switch()
                self.running.pop()
            return self.iterate(stage, result) if isinstance(result, Iterator) else result

        return call

    def iterate(self, stage: str, items: Iterator[Any]) -> Iterator[Any]:
        """Give the items, their making timed."""
        following = self.timed(stage, lambda: next(items, self))
        while (item := following()) is not self:
            yield item


def once(capture: Path) -> tuple[Analysis, dict[str, float]]:
    """Analyse the capture, and say how long each stage took."""
    clock = Clock()

    def open_timed(paths: Any, **options: Any) -> Any:
        readers = open_captures(paths, **options)
        for reader in readers:
            reader.batches = clock.timed(INDEX, reader.batches)  # type: ignore[method-assign]  # this one's only
        return readers

    with ExitStack() as patches:
        patches.enter_context(patch.object(pipeline, "open_captures", open_timed))
        for stage, place in STAGES:
            *holder, name = place.split(".")
            owner = getattr(pipeline, holder[0]) if holder else pipeline
            patches.enter_context(patch.object(owner, name, clock.timed(stage, getattr(owner, name))))
        clock.switch()
        clock.running.append(REST)
        start = time.perf_counter()
        analysis = pipeline.analyse([str(capture)])
        whole = time.perf_counter() - start
        clock.switch()
    return analysis, clock.seconds | {WHOLE: whole}


def formats(analysis: Analysis) -> dict[str, float]:
    """Say how long each format takes to write, grouping included."""
    taken = {}
    for name in FORMATS:
        fresh = Report(analysis)  # a report keeps what it has worked out
        start = time.perf_counter()
        for _ in encode(fresh, name, flows=False, rows="flows"):
            pass
        taken[f"write {name}"] = time.perf_counter() - start
    return taken


def start_up() -> dict[str, float]:
    """Say how long it takes to get going."""
    taken = {}
    for name, code in (
        ("start Python", "pass"),
        ("start the command", "import annotator.cli"),
        ("start the pipeline", "import annotator.pipeline, annotator.report.report"),
    ):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        taken[name] = time.perf_counter() - start
    return taken


def main(arguments: list[str]) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.micro", description=__doc__.split("\n", 1)[0])
    parser.add_argument("capture", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the table")
    options = parser.parse_args(arguments)
    analysis, _ = once(options.capture)
    packets = sum(capture.packets_read for capture in analysis.captures)
    runs: list[dict[str, float]] = []
    for _ in range(options.repeat):
        analysis, stages = once(options.capture)
        runs.append(start_up() | stages | formats(analysis))
    table = {stage: median(run.get(stage, 0.0) for run in runs) for stage in runs[-1]}
    print(f"{options.capture.name}: {packets:,} packets, {len(analysis.flows):,} flows, middle of {options.repeat}")
    print(f"{'stage':28} {'s':>8} {'ns/packet':>10} {'share':>7}")
    for stage, seconds in table.items():
        share = f"{seconds / table[WHOLE]:7.1%}" if stage in (INDEX, REST, WHOLE, *dict(STAGES)) else ""
        print(f"{stage:28} {seconds:8.3f} {seconds / packets * 1e9:10.1f} {share:>7}")
    if options.json:
        result = {"capture": options.capture.name, "packets": packets, "seconds": table}
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
