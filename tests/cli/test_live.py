"""``annotate live`` as a process on a host of its own: how it begins, ends, and what it leaves behind."""

import csv
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from annotator.cli.progress import PREPARING
from tests.capture import traffic
from tests.cli.running import COMMAND
from tests.namespaces import Host, hosts, pair, tcpdump

READY_S = 120
"""Kernels may have to be compiled first."""
UNPRIVILEGED = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all")
TAP_COLUMNS = {"first_seen", "last_seen", "duration_s", "first_frame"}
"""Columns in which two captures of the same packets may differ: when they began, and when the kernel stamped."""


class Live:
    """A running ``annotate live`` whose standard error is a terminal."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self.process = process
        self.terminal = terminal
        self.said = b""

    def await_words(self, words: bytes) -> None:
        """Read the terminal until it shows `words`."""
        deadline = time.monotonic() + READY_S
        while words not in self.said:
            assert time.monotonic() < deadline, self.said
            if select.select([self.terminal], [], [], 1)[0]:
                try:
                    self.said += os.read(self.terminal, 4096)
                except OSError:  # the other side is closed
                    pytest.fail(f"ended early, having said {self.said!r}")

    def rest(self) -> bytes:
        """Read what the terminal shows by now."""
        while select.select([self.terminal], [], [], 0)[0]:
            try:
                self.said += os.read(self.terminal, 4096)
            except OSError:
                break
        return self.said

    def end(self, number: int | None = None) -> tuple[int, bytes]:
        """Send a signal, or wait for the end; give exit code and standard output."""
        if number is not None:
            self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=READY_S)
        return self.process.returncode, output


@contextmanager
def live(host: Host, *arguments: str | Path) -> Iterator[Live]:
    """Run ``annotate live`` with `arguments` on `host`, once it captures."""
    terminal, side = pty.openpty()
    process = subprocess.Popen(
        host.command(*COMMAND, "live", *arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=side,
        start_new_session=True,
    )
    os.close(side)
    try:
        running = Live(process, terminal)
        running.await_words(b"capturing on")
        yield running
    finally:
        process.kill()
        process.communicate()
        os.close(terminal)


def run(host: Host, *arguments: str | Path, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run ``annotate live`` to its end, without a terminal."""
    return subprocess.run(
        host.command(*prefix, *COMMAND, "live", *arguments),
        capture_output=True,
        text=True,
        timeout=READY_S,
        check=False,
    )


def rows(path: Path, begin: str, end: str) -> list[dict[str, str]]:
    """Read a CSV of flows: those between two times, without neighbour discovery, which begins when it likes."""
    with path.open(newline="") as file:
        found = csv.DictReader(line for line in file if not line.startswith("#"))
        kept = [
            row
            for row in found
            if begin <= row["first_seen"]
            and row["last_seen"] <= end
            and (row["transport"] != "icmp6" or row["icmp_type"] in ("128", "129"))
        ]
    return sorted(
        ({name: value for name, value in row.items() if name not in TAP_COLUMNS} for row in kept),
        key=lambda row: tuple(row.values()),
    )


def now() -> str:
    """Give the time as rows have it."""
    ns = time.time_ns()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ns // 10**9)) + f".{ns % 10**9:09d}Z"


@pytest.fixture(scope="module")
def wired() -> Iterator[tuple[Host, Host]]:
    """Two hosts with a wire between them."""
    with pair() as made:
        yield made


@pytest.mark.needs_root
def test_ctrl_c_gives_the_rows_of_tcpdumps_file(wired: tuple[Host, Host], tmp_path: Path) -> None:
    """Interrupted, it writes the rows that the main job gives for what tcpdump wrote, and exits with 130."""
    left, right = wired
    file, ours, theirs = (tmp_path / name for name in ("tcpdump.pcap", "live.csv", "file.csv"))
    with live(left, "eth0", "-o", ours) as running, tcpdump(left, "eth0", file):
        begin = now()
        traffic.everything(left, right)
        end = now()
        code, output = running.end(signal.SIGINT)
        assert (code, output) == (130, b""), running.rest()
    subprocess.run([*COMMAND, file, "-o", theirs], check=True)
    assert rows(ours, begin, end) == rows(theirs, begin, end)
    assert {"tcp", "udp", "icmp", "icmp6"} <= {row["transport"] for row in rows(ours, begin, end)}


@pytest.mark.needs_root
def test_a_count_ends_it_with_0(wired: tuple[Host, Host]) -> None:
    """The report is on standard output, alone."""
    with live(wired[0], "eth0", "-c", "6", "--format", "json") as running:
        traffic.ping(wired[0], "10.9.0.2", 10)
        code, output = running.end()
    [capture] = json.loads(output)["captures"]
    assert code == 0
    assert (capture["name"], capture["packets_read"], capture["complete"], capture["drops"]) == ("eth0", 6, True, 0)


@pytest.mark.needs_root
def test_a_duration_ends_it_with_0() -> None:
    """Without a terminal nothing is said but the report, and that kernels must be prepared where that is so."""
    with hosts(1) as [host]:
        done = run(host, "lo", "--duration", "0.5")
    assert done.returncode == 0
    assert "lo" in done.stdout.splitlines()[0]
    assert done.stderr in ("", PREPARING)


@pytest.mark.needs_root
def test_a_termination_signal_still_gives_the_report(wired: tuple[Host, Host]) -> None:
    """A supervisor that ends it gets what was seen; -p left the interface as it was."""
    with live(wired[0], "eth0", "-p", "-s", "0", "--format", "json") as running:
        [shown] = json.loads(wired[0].run("ip", "-json", "-details", "link", "show", "eth0"))
        assert shown["promiscuity"] == 0
        traffic.ping(wired[0], "10.9.0.2", 2)
        code, output = running.end(signal.SIGTERM)
    assert code == 128 + signal.SIGTERM
    assert json.loads(output)["captures"][0]["packets_read"] >= 4


@pytest.mark.needs_root
def test_an_interface_that_goes_away_gives_a_partial_report() -> None:
    """Exit code 4, and the report says what happened."""
    with pair() as (left, _), live(left, "eth0") as running:
        traffic.ping(left, "10.9.0.2", 2)
        left.run("ip", "link", "delete", "eth0")
        code, output = running.end()
        assert code == 4
        assert b"the interface went down or was removed after frame" in b" ".join(output.split())


@pytest.mark.needs_root
def test_without_the_right_to_capture_the_remedy_is_said() -> None:
    """One line with the command to paste, exit code 1, and no output file."""
    with hosts(1) as [host], tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        if subprocess.run([*UNPRIVILEGED, *COMMAND, "--version"], capture_output=True, check=False).returncode:
            pytest.skip("another user cannot run this Python")
        done = run(host, "lo", "-o", folder / "out.csv", prefix=UNPRIVILEGED)
        assert not list(folder.iterdir())
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert f"sudo setcap cap_net_raw=eip {os.path.realpath(sys.executable)}" in line


@pytest.mark.needs_root
def test_an_existing_output_file_is_seen_before_the_capture(tmp_path: Path) -> None:
    """Nobody captures for an hour to learn that the file was there."""
    path = tmp_path / "out.csv"
    path.write_text("mine")
    with hosts(1) as [host]:
        done = run(host, "lo", "-o", path)
    assert done.returncode == 1
    assert "--force" in done.stderr
    assert path.read_text() == "mine"


@pytest.mark.needs_root
def test_the_list_of_interfaces_is_for_everybody() -> None:
    """-D names each interface with its state and addresses, without the right to capture."""
    with pair() as (left, _):
        left.run("ip", "link", "add", "spare0", "type", "veth", "peer", "name", "spare1")
        done = run(left, "-D")
    assert done.returncode == 0
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["lo", "up,", "loopback", "127.0.0.1", "::1"]
    assert ["spare0", "down"] in lines
    [eth0] = [line for line in lines if line[0] == "eth0"]
    assert eth0[:3] == ["eth0", "up", "10.9.0.1"]
    assert "fd00:9::1" in eth0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "annotate live -D lists them"),
        (("no-such-thing",), 3, "no such interface; this machine has"),
        (("lo", "-c", "0"), 2, "'-c'"),
        (("lo", "--duration", "nan"), 2, "give seconds"),
        (("lo", "-s", "-1"), 2, "'-s'"),
        (("lo", "-s", "262145"), 2, "-s: 262145"),
    ],
)
def test_wrong_arguments_are_one_line(arguments: tuple[str, ...], code: int, words: str) -> None:
    """What, where, what to do next."""
    done = subprocess.run([*COMMAND, "live", *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code
    [line] = done.stderr.splitlines()
    assert words in line


@pytest.mark.needs_root
def test_a_filter_leaves_out_packets_and_says_so(wired: tuple[Host, Host]) -> None:
    """What -f leaves out is counted apart from what is reported."""
    with live(wired[0], "eth0", "-f", "udp", "--format", "json") as running:
        traffic.ping(wired[0], "10.9.0.2", 2)
        traffic.udp(wired[0], wired[1], "10.9.0.2", (10,))
        code, output = running.end(signal.SIGINT)
    report = json.loads(output)
    assert code == 130
    assert (report["totals"]["flows"], report["totals"]["packets"]) == (1, 2)
