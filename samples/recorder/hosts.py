"""Hosts in namespaces: a network, mount, process and host name of their own, and nothing of this machine's.

A host lives as long as one keeper process. The keeper is process 1 of the host's PID namespace, so its end kills
every server of the host, and with the last process the kernel takes the network namespace and its links away.
The keeper dies with the recorder, even when that is killed outright: nothing can stay behind.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

DIE_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL", "--")
NO_OFFLOAD = ("tx", "off", "rx", "off", "sg", "off", "tso", "off", "gso", "off", "gro", "off")
"""Offloads would put frames into the captures that no wire carries: 64 kB long, checksums unfinished."""

KEEPER = """
set -e
mount --bind "$WORK" "$WORK"
for dir in /run /tmp /var/log /var/lib/nginx /var/cache /root; do
    [ "$dir" != /tmp ] || continue
    mount -t tmpfs -o mode=755 tmpfs "$dir"
done
mkdir -p /run/sshd /run/named /run/chrony /run/vsftpd/empty /var/log/nginx
mount --bind "$WORK/etc/hosts" /etc/hosts
mount --bind "$WORK/etc/$HOST.resolv.conf" /etc/resolv.conf
mount -o remount,bind,ro /
hostname "$HOST"
ip link set lo up
echo ready
exec sleep infinity
"""
"""The machine's files are read-only to a host; what servers insist on writing goes to memory."""


class RecordingError(Exception):
    """Something did not happen as the scenario says; the message tells what, and what was seen instead."""


@dataclass(eq=False)
class Host:
    """One machine of the recorded network."""

    name: str
    work: Path
    """The recorder's scratch folder, the only one that hosts may write."""
    keeper: int
    """Process id of the host's process 1, as this machine counts."""
    v4: str = ""
    v6: str = ""
    logs: list[IO[bytes]] = field(default_factory=list)

    @property
    def addresses(self) -> set[str]:
        """All addresses that the host was given."""
        return {address for address in (self.v4, self.v6) if address}

    def _enter(self, argv: Sequence[str | Path], *, own_processes: bool) -> list[str]:
        namespaces = ["--net", "--mount", "--uts", "--ipc"] + ["--pid"] * own_processes
        return ["nsenter", f"--target={self.keeper}", *namespaces, "--", *map(str, argv)]

    def run(
        self,
        *argv: str | Path,
        stdin: str = "",
        status: Sequence[int] = (0,),
        expect: str = "",
        timeout: float = 60,
    ) -> str:
        """Run a command on this host to its end and return what it printed, standard error included.

        Raises :class:`RecordingError` where the exit status is not one of ``status``, or where the output lacks
        ``expect``.
        """
        done = subprocess.run(
            self._enter(argv, own_processes=True),
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
        output = done.stdout.decode(errors="replace")
        if done.returncode not in status or expect not in output:
            raise RecordingError(
                f"{self.name}: {' '.join(map(str, argv))}: exit {done.returncode}, wanted {status}"
                f" and {expect!r}, printed:\n{output[-2000:]}"
            )
        return output

    def start(self, *argv: str | Path) -> subprocess.Popen[bytes]:
        """Start a server on this host; it ends with the host. What it prints goes to a log in the scratch folder."""
        log = (self.work / f"{self.name}.log").open("ab")
        self.logs.append(log)
        return subprocess.Popen(
            self._enter(argv, own_processes=True),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def observe(self, *argv: str | Path) -> subprocess.Popen[bytes]:
        """Start a process on this host's network that the recorder can signal itself (a capture)."""
        return subprocess.Popen(
            [*DIE_WITH_PARENT, *self._enter(argv, own_processes=False)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def wait_for(self, transport: str, *ports: int, timeout: float = 20) -> None:
        """Wait until something listens on each of ``ports``, without sending a packet."""
        deadline = time.monotonic() + timeout
        missing = set(ports)
        while missing:
            listening = self.run("ss", "-Hnl", "--tcp" if transport == "tcp" else "--udp")
            local = {line.split()[3].rpartition(":")[2] for line in listening.splitlines()}
            missing = {port for port in ports if str(port) not in local}
            if missing and time.monotonic() > deadline:
                log = (self.work / f"{self.name}.log").read_text(errors="replace")
                raise RecordingError(
                    f"{self.name}: nothing listens on {sorted(missing)}/{transport}:\n{log[-2000:]}"
                )
            if missing:
                time.sleep(0.1)

    def sysctl(self, **settings: str | int) -> None:
        """Set kernel parameters of this host's network; dots are written as ``__``."""
        for name, value in settings.items():
            self.run("sysctl", "-qw", f"{name.replace('__', '.')}={value}")


class Lab:
    """All hosts of one recording; leaving the context ends them."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.hosts: dict[str, Host] = {}
        self._stack = ExitStack()
        (work / "etc").mkdir()
        (work / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def host(self, name: str, *, nameserver: str = "") -> Host:
        """Create a host without links."""
        (self.work / "etc" / f"{name}.resolv.conf").write_text(
            f"nameserver {nameserver}\n" * bool(nameserver)
        )
        namespaces = ("--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc")
        keeper = subprocess.Popen(
            [*DIE_WITH_PARENT, "unshare", *namespaces, "sh", "-c", KEEPER],
            env={"PATH": os.environ["PATH"], "WORK": str(self.work), "HOST": name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        self._stack.callback(_end, keeper)
        assert keeper.stdout is not None  # noqa: S101  a pipe was asked for
        if keeper.stdout.readline() != b"ready\n":
            raise RecordingError(f"{name}: this kernel does not let a host be made (see the line above)")
        children = Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text().split()
        host = Host(name, self.work, int(children[0]))
        self.hosts[name] = host
        # IPv6 neighbours are found by fixed link-local addresses; nobody announces routers here
        host.sysctl(net__ipv6__conf__default__accept_ra=0, net__ipv6__conf__default__accept_dad=0)
        return host

    def link(self, one: Host, name: str, mac: str, other: Host, other_name: str, other_mac: str) -> None:
        """Join two hosts by a pair of virtual Ethernet ports, both up and without offloads."""
        ends = (("netns", str(one.keeper)), ("netns", str(other.keeper)))
        subprocess.run(
            ["ip", "link", "add", name, "address", mac, *ends[0], "type", "veth"]
            + ["peer", "name", other_name, "address", other_mac, *ends[1]],
            check=True,
        )
        for host, port in ((one, name), (other, other_name)):
            host.run("ethtool", "-K", port, *NO_OFFLOAD)
            host.run("ip", "link", "set", port, "up")


def _end(keeper: subprocess.Popen[bytes]) -> None:
    keeper.kill()
    keeper.wait()


def say(text: str) -> None:
    """Tell on standard error what is being done."""
    print(text, file=sys.stderr, flush=True)
