"""Hosts for tests: network namespaces that real sockets, real tools and the code under test can enter.

A host lives as long as one keeper process, which dies with the tests: nothing can stay behind.
"""

import ctypes
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

CLONE_NEWNET = 0x40000000  # linux/sched.h
LIBC = ctypes.CDLL(None, use_errno=True)


def _enter(namespace: int) -> None:
    """Move the calling thread; sockets stay where they were opened."""
    if LIBC.setns(namespace, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Host:
    """One network namespace."""

    def __init__(self, keeper: subprocess.Popen[bytes]) -> None:
        self.keeper = keeper

    def command(self, *argv: str | Path) -> list[str]:
        """Give the command line that runs `argv` on this host."""
        return ["nsenter", f"--net=/proc/{self.keeper.pid}/ns/net", "--", *map(str, argv)]

    def run(self, *argv: str | Path) -> str:
        """Run a command to its end, and give what it printed."""
        done = subprocess.run(self.command(*argv), capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, f"{argv}: {done.stderr}"
        return done.stdout

    def can(self, *argv: str | Path) -> bool:
        """Run a command that this kernel may not know, and say whether it did."""
        return not subprocess.run(self.command(*argv), capture_output=True, timeout=30, check=False).returncode

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let the calling thread open sockets on this host."""
        here_path, before_path = Path(f"/proc/{self.keeper.pid}/ns/net"), Path("/proc/thread-self/ns/net")
        with here_path.open() as here, before_path.open() as before:
            _enter(here.fileno())
            try:
                yield
            finally:
                _enter(before.fileno())


@contextmanager
def hosts(number: int) -> Iterator[list[Host]]:
    """Give hosts with nothing but a loopback interface; skip the test where they cannot be made."""
    if os.geteuid():
        pytest.skip("network namespaces need root")
    with ExitStack() as stack:
        made = []
        for _ in range(number):
            keeper = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sh", "-c", "ip link set lo up && echo && cat"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            stack.callback(_end, keeper)
            assert keeper.stdout is not None
            if keeper.stdout.readline() != b"\n":
                pytest.skip("network namespaces are not allowed here")
            made.append(Host(keeper))
        yield made


def _end(keeper: subprocess.Popen[bytes]) -> None:
    keeper.communicate()  # its standard input ends, and so does it


@contextmanager
def pair() -> Iterator[tuple[Host, Host]]:
    """Give two hosts with a wire between their ``eth0``: 10.9.0.1 and .2, fd00:9::1 and ::2."""
    with hosts(2) as (left, right):
        names = [str(host.keeper.pid) for host in (left, right)]
        wire = [
            "ip",
            "link",
            "add",
            "eth0",
            "netns",
            names[0],
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            names[1],
        ]
        subprocess.run(wire, check=True)
        for number, host in enumerate((left, right), 1):
            host.run("ip", "address", "add", f"10.9.0.{number}/24", "dev", "eth0")
            host.run("ip", "address", "add", f"fd00:9::{number}/64", "dev", "eth0", "nodad")
            host.run("ip", "link", "set", "eth0", "up")
        yield left, right


@contextmanager
def tcpdump(host: Host, interface: str, path: Path, *options: str) -> Iterator[None]:
    """Let tcpdump write what it sees meanwhile, with nanoseconds."""
    tool = subprocess.Popen(
        host.command(
            "tcpdump",
            "-n",
            "-U",
            "-Z",
            "root",
            "--immediate-mode",
            "--nano",
            "-B",
            "8192",
            "-i",
            interface,
            "-w",
            path,
            *options,
        ),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert tool.stderr is not None
        said = ""
        for line in tool.stderr:
            said += line
            if "listening on" in line:
                break
        else:
            pytest.fail(f"tcpdump did not start: {said}")
        yield
        size = -1
        while size != (size := path.stat().st_size):  # packets may still be on their way into the file
            time.sleep(0.2)
    finally:
        tool.terminate()
        tool.communicate(timeout=10)
