"""SIGTERM, SIGHUP and Ctrl-C in the middle: the exit code says so, and nothing is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.kernel.jit import INTERPRETED
from tests.cli.test_main import ANNOTATE

LONGEST_S = 60
"""Kernels may have to be compiled before the moment that a test waits for."""

TERM, HANGUP, CTRL_C = signal.SIGTERM, signal.SIGHUP, signal.SIGINT


class Running:
    """The command in a process group of its own, with a folder of its own for what is temporary."""

    def __init__(self, folder: Path, *words: str | Path, **environment: str) -> None:
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.process = subprocess.Popen(
            [*ANNOTATE, *map(str, words)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(self.temporary), **environment},
            start_new_session=True,
        )

    def await_folder(self) -> None:
        """Wait for a temporary folder."""
        self._await(lambda: any(self.temporary.glob("annotate-*/*")) or self.process.poll() is not None)
        assert self.process.poll() is None

    def await_nobody(self) -> None:
        """Wait until no process of the group is left."""

        def gone() -> bool:
            try:
                os.killpg(self.process.pid, 0)
            except ProcessLookupError:
                return True
            return False

        self._await(gone)

    def _await(self, met: Callable[[], bool]) -> None:
        end = time.monotonic() + LONGEST_S
        while not met():
            assert time.monotonic() < end
            time.sleep(0.005)

    def left(self) -> list[str]:
        """Name what is still in the temporary folder."""
        return sorted(path.name for path in self.temporary.iterdir())


@pytest.mark.parametrize(("number", "code"), [(TERM, 143), (HANGUP, 129)])
def test_a_pipe_that_nobody_writes_to_does_not_hold_it(
    samples: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """Some packets came, more may come: the command ends all the same, with no report."""
    source, output = tmp_path / "source", tmp_path / "x.json"
    os.mkfifo(source)
    running = Running(tmp_path, source, "-o", output)
    with source.open("wb") as pipe:
        pipe.write((samples / "office-web-server.pcap").read_bytes())
        pipe.flush()
        time.sleep(2)
        running.process.send_signal(number)
        assert running.process.wait(20) == code
    assert running.left() == []
    assert sorted(tmp_path.iterdir()) == [source, running.temporary]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_excerpts_are_removed(samples: Path, tmp_path: Path) -> None:
    """While tshark reads packets that were written for it."""
    running = Running(tmp_path, samples / "office.pcapng", "--deep", "-o", tmp_path / "x.json")
    running.await_folder()
    running.process.send_signal(TERM)
    assert running.process.wait(20) == 143
    assert running.left() == []
    assert [path.name for path in tmp_path.iterdir()] == ["temporary"]


@pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")
@pytest.mark.parametrize("group", [False, True], ids=["the process", "its group"])
@pytest.mark.parametrize(("number", "code"), [(TERM, 143), (CTRL_C, 130)])
def test_preparing_ends_at_once(tmp_path: Path, number: signal.Signals, code: int, group: bool) -> None:
    """With all of its processes, and whether or not they get the signal too."""
    running = Running(tmp_path, "--prepare", ANNOTATOR_CACHE_DIR=str(tmp_path / "cache"))
    running.await_folder()
    (os.killpg if group else os.kill)(running.process.pid, number)
    assert running.process.wait(20) == code
    running.await_nobody()
    assert running.left() == []


@pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")
def test_processes_end_with_the_one_that_began_them(tmp_path: Path) -> None:
    """Even where it is killed and can tell them nothing."""
    running = Running(tmp_path, "--prepare", ANNOTATOR_CACHE_DIR=str(tmp_path / "cache"))
    running.await_folder()
    running.process.kill()
    running.process.wait(20)
    running.await_nobody()


IN_A_CALLBACK = """
import ctypes, signal, time
from annotator import cli

def run(name, words):
    ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal({number}))()
    time.sleep(20)

cli._run = run
cli.entry()
"""


@pytest.mark.parametrize(("number", "code"), [(TERM, 143), (HANGUP, 129), (CTRL_C, 130)])
def test_a_signal_is_not_lost_in_a_callback(number: signal.Signals, code: int) -> None:
    """Where the compiler calls back, no exception gets out: the signal comes again."""
    script = IN_A_CALLBACK.format(number=int(number))
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=15, check=False)
    assert made.returncode == code
    assert made.stderr == ("annotate: interrupted\n" if number is CTRL_C else "")
