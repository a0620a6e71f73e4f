"""Run a command and measure it: wall time, processor time, peak memory, its children's included."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

SAMPLE_SECONDS = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run."""

    wall_s: float
    cpu_s: float
    """User and system time of the process and its descendants."""
    peak_bytes: int
    """The largest resident memory of the process; of all together where it has children, shared pages once."""
    exit_code: int


def descendants(pid: int) -> list[int]:
    """List a process and what it has started, as far as it is still there."""
    found, queue = [], [pid]
    while queue:
        parent = queue.pop()
        found.append(parent)
        try:
            for thread in Path(f"/proc/{parent}/task").iterdir():
                queue += [int(child) for child in (thread / "children").read_text().split()]
        except OSError:
            pass  # it has just ended
    return found


def proportional_bytes(pid: int) -> int:
    """Read a process's proportional set size: pages that it shares count by halves, thirds, …."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def cpu_seconds(pid: int) -> float:
    """Read the time of a process, not of its children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


class Watch(threading.Thread):
    """Samples a process tree until told to stop; idle as long as the process has no children."""

    def __init__(self, pid: int) -> None:
        """Watch `pid`."""
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0
        self.cpu: dict[int, float] = {}
        self.over = threading.Event()

    def run(self) -> None:
        """Sample."""
        while not self.over.wait(SAMPLE_SECONDS):
            tree = descendants(self.pid)
            if len(tree) > 1:
                self.peak = max(self.peak, sum(proportional_bytes(pid) for pid in tree))
                for pid in tree[1:]:
                    self.cpu[pid] = max(self.cpu.get(pid, 0.0), cpu_seconds(pid))


def run(command: list[str], folder: Path, timeout_s: float) -> Measurement:
    """Run `command` in `folder`, its output in the files ``stdout`` and ``stderr`` there.

    The kernel counts a new process's memory from the moment of the fork, so the caller's own must stay small.
    A command that takes longer than `timeout_s` is killed, and all that it has started; its exit code is then -9.
    """
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
        )
        watch = Watch(process.pid)
        killer = threading.Timer(timeout_s, end, (process.pid,))
        killer.daemon = True
        try:
            watch.start()
            killer.start()
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        finally:  # also when we are interrupted: nothing that was started stays behind
            killer.cancel()
            watch.over.set()
            end(process.pid)
        watch.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    # descendants that nobody waited for are missing in the kernel's account
    cpu = max(usage.ru_utime + usage.ru_stime, sum(watch.cpu.values()))
    return Measurement(wall, cpu, max(usage.ru_maxrss * 1024, watch.peak), process.returncode)


def end(group: int) -> None:
    """Kill a process group, if there is anything left of it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
