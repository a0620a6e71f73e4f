"""Tests of measuring from outside."""

import os
import resource
import sys
import time
from pathlib import Path

from benchmarks.race.measure import run

MEGABYTE = 1_000_000


def python(code: str) -> list[str]:
    """Make a command of a program."""
    return [sys.executable, "-c", code]


def test_memory_time_and_exit_code_are_those_of_the_command(tmp_path: Path) -> None:
    """A known load is measured as such."""
    code = (
        "import time; kept = b'x' * 150_000_000; end = time.process_time() + 0.4\nwhile time.process_time() < end: pass"
    )
    measured = run(python(f"{code}\nprint(len(kept)); raise SystemExit(3)"), tmp_path, 60)
    assert measured.exit_code == 3
    # Linux counts what the parent had when it forked, until the program is started
    parent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert 150 * MEGABYTE < measured.peak_bytes < max(250 * MEGABYTE, 1.2 * parent)
    assert 0.4 <= measured.cpu_s < 2
    assert measured.wall_s >= 0.4
    assert (tmp_path / "stdout").read_text() == "150000000\n"


def test_children_count_too(tmp_path: Path) -> None:
    """Two children at once hold their memory together."""
    child = "import time; kept = b'x' * 80_000_000; time.sleep(1)"
    code = (
        "import subprocess, sys\n"
        f"children = [subprocess.Popen([sys.executable, '-c', {child!r}]) for _ in range(2)]\n"
        "for child in children: child.wait()"
    )
    measured = run(python(code), tmp_path, 60)
    assert measured.exit_code == 0
    assert measured.peak_bytes > 160 * MEGABYTE


def test_what_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    """Nothing that was started stays behind."""
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    measured = run(python(code), tmp_path, 2)
    assert measured.exit_code == -9
    assert measured.wall_s < 30
    child = Path("/proc", (tmp_path / "stdout").read_text().strip())
    for _ in range(100):
        if not child.exists() or "Z" in (child / "stat").read_text().rpartition(")")[2][:3]:
            break
        time.sleep(0.05)
    else:
        os.kill(int(child.name), 9)
        raise AssertionError("the child lived on")
