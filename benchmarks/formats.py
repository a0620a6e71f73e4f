"""What writing a report on many flows costs, by format: user and wall seconds, bytes, peak memory.

    python -m benchmarks.formats [--flows 1000000] [FORMAT ...]

The flows are drawn at random (:mod:`tests.report.synthetic`), so that the time is the report room's alone: it starts
when the flow table is ready. Each format is written by a process of its own, to a pipe that nobody waits for.
"""

import argparse
import os
import resource
import subprocess
import sys
import time

from annotator.report.formats import FORMATS, encode
from annotator.report.report import Report
from tests.report.synthetic import random_flows, wrap

DOCUMENTS_WITH_FLOWS = ("json",)
"""Documents that are measured with ``--flows``: without, they do not grow with the flows."""


def measure(name: str, count: int) -> None:
    """Write one format once, and print the figures of it."""
    analysis = wrap(random_flows(count))
    rest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = Report(analysis)
    before, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    size = 0
    with open(os.devnull, "wb") as file:  # noqa: PTH123 (a device is what is wanted)
        for piece in encode(report, name, flows=name in DOCUMENTS_WITH_FLOWS or FORMATS[name].is_table):
            size += file.write(piece)
    seconds = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_SELF)
    user = after.ru_utime - before.ru_utime
    peak, at_rest = after.ru_maxrss / 1024, rest / 1024
    print(f"{name:8} {user:7.2f} {seconds:7.2f} {size / 1e6:9.1f} {peak:8.0f} {at_rest:8.0f}", flush=True)


def main() -> None:
    """Measure the formats that are named, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("formats", nargs="*", metavar="FORMAT")
    parser.add_argument("--flows", type=int, default=1_000_000)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        measure(given.formats[0], given.flows)
        return
    print(f"{given.flows:,} flows")
    print(f"{'format':8} {'user s':>7} {'wall s':>7} {'MB':>9} {'peak MB':>8} {'flows MB':>8}", flush=True)
    for name in given.formats or FORMATS:
        words = [sys.executable, "-m", "benchmarks.formats", "--one", name, "--flows", str(given.flows)]
        subprocess.run(words, check=True)


if __name__ == "__main__":
    main()
