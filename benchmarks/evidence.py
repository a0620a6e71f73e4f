"""What evidence adds to the run time: ``python -m benchmarks.evidence CAPTURE [--repeat N]``.

The whole command is run in turns with evidence and without; without it, no payload is offered to a probe, and all else
is as it is. Wall and processor time are of the whole command, start-up and report included.
"""

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Final

COMMAND: Final = "from annotator.cli import entry; entry()"
RUNS: Final = {
    "with evidence": COMMAND,
    "without": "from annotator.evidence import Observer\n"
    f"Observer.look = lambda self, *payloads: self._wanted[:0]\n{COMMAND}",
}
DONE: Final = (0, 4)
"""Exit codes of a report that was written: whole, or of a capture that is cut short."""


def run(program: str, capture: Path) -> tuple[float, float]:
    """Run a program on the capture: (wall, processor) seconds."""

    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    begun, before = time.perf_counter(), spent()
    arguments = [sys.executable, "-c", program, str(capture)]
    ended = subprocess.run(arguments, check=False, stdout=subprocess.DEVNULL)
    if ended.returncode not in DONE:
        raise subprocess.CalledProcessError(ended.returncode, arguments)
    return time.perf_counter() - begun, spent() - before


def main(arguments: list[str]) -> None:
    """Run both in turns, and print the middle of each, and of what evidence adds turn by turn."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=__doc__)
    parser.add_argument("capture", type=Path)
    parser.add_argument("--repeat", type=int, default=7, help="turns (default: 7)")
    parser.add_argument("--as-installed", action="store_true", help="do not run annotate --prepare before")
    options = parser.parse_args(arguments)
    if not options.as_installed:
        subprocess.run([sys.executable, "-m", "annotator", "--prepare"], check=True)
    turns = [[run(program, options.capture) for program in RUNS.values()] for _ in range(options.repeat)]
    print(f"{'':16} {'wall s':>8} {'min-max':>12} {'CPU s':>8}")
    for place, name in enumerate(RUNS):
        walls, processors = zip(*(turn[place] for turn in turns), strict=True)
        print(f"{name:16} {median(walls):8.2f} {min(walls):6.2f}-{max(walls):.2f} {median(processors):8.2f}")
    for place, name in enumerate(("wall", "processor")):
        added = median(turn[0][place] / turn[1][place] for turn in turns) - 1
        print(f"evidence adds {added:.1%} of {name} time, in the middle of {options.repeat} turns")


if __name__ == "__main__":
    main(sys.argv[1:])
