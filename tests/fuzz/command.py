"""Damaged captures through the whole command: ``python -m tests.fuzz.command --count 1000``.

The command is imported once; each capture goes to a child of that process, with a limit on its time and memory. It
must end with 0, 3 or 4, within the time, with no traceback; and a report that parses where it is not 3.
"""

import argparse
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final

from annotator.cli import entry
from annotator.cli import main as main_of_command
from tests.fuzz import seeds
from tests.fuzz.mutate import Nursery

SECONDS: Final = 30
"""Of a processor's time, for one child."""
PATIENCE: Final = 10
"""Times as long it may take on a busy machine."""
MEMORY: Final = 4 << 30
"""Of addresses, for one child: the compiler's libraries alone take a half."""
ALLOWED: Final = frozenset({0, 3, 4})


def annotate(path: Path, output: Path, resync: bool) -> int:
    """Annotate `path` in a child of this process; gives its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    try:
        signal.alarm(PATIENCE * SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        for name, descriptor in (("report", 1), ("words", 2)):
            opened = os.open(output / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(opened, descriptor)
        sys.argv = ["annotate", str(path), "--format", "json", "--flows", *(["--resync"] if resync else [])]
        entry()
    finally:
        os._exit(99)


def storm(captures: list[bytes], count: int, seed: int = 1) -> Counter[int]:
    """Try `count` damaged captures; gives how many ended with which exit code.

    Raises AssertionError, with the capture's bytes, for the first that does not end as it should.
    """
    nursery = Nursery(captures, seeds.LARGEST_CAPTURE, 128)
    ended: Counter[int] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "capture"
        for made in (seeds.everything(), *captures[:2]):  # compiles what children need
            path.write_bytes(made)
            assert main_of_command([str(path), "--resync", "--force", "-o", str(Path(folder) / "warm.json")]) in ALLOWED
        for n in range(count):
            if n % 128 == 0:
                nursery.breed(seed + n)
            data = nursery.child(n % 128)
            path.write_bytes(data)
            code = annotate(path, Path(folder), n % 3 == 0)
            words = (Path(folder) / "words").read_text(errors="replace")
            if code not in ALLOWED or "Traceback" in words:
                raise AssertionError(f"exit code {code}: {words[-2000:]}\n{data.hex()}")
            if code != 3:
                json.loads((Path(folder) / "report").read_bytes())
            elif len([line for line in words.splitlines() if "preparing kernels" not in line]) != 1:
                raise AssertionError(f"an error is one line: {words[-2000:]}\n{data.hex()}")
            ended[code] += 1
    return ended


def main() -> None:
    """Run it as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.perf_counter()
    ended = storm(seeds.captures(), options.count, options.seed)
    said = ", ".join(f"{count:,} with {code}" for code, count in sorted(ended.items()))
    sys.stdout.write(f"{options.count:,} captures in {time.perf_counter() - started:.0f} s: {said}\n")


if __name__ == "__main__":
    main()
