"""Hosts in namespaces: a network, mount, process and host name of their own, and nothing of this machine's.

A host lives as long as one keeper process. The keeper is process 1 of the host's PID namespace, so its end kills
every server of the host, and with the last process the kernel takes the network namespace and its links. The
keeper dies with the recorder, even when that is killed outright: nothing can stay behind.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

Arg = str | Path

DIE_WITH_PARENT: Final = ("setpriv", "--pdeathsig", "KILL", "--")
NAMESPACES: Final = ("--net", "--mount", "--uts", "--ipc")
NO_OFFLOAD: Final = tuple(f"{name} off".split() for name in ("tx", "rx", "sg", "tso", "gso", "gro"))
"""Offloads would put frames into the captures that no wire carries: 64 kB long, checksums unfinished."""

KEEPER: Final = """
set -e
mount --bind "$WORK" "$WORK"
for dir in /run /var/log /var/lib/nginx /var/lib/snmp /var/cache /var/spool /root; do
    if [ -d "$dir" ]; then mount -t tmpfs -o mode=755 tmpfs "$dir"; fi
done
mkdir -p /run/sshd /run/named /run/chrony /run/vsftpd/empty /run/exim4 /var/log/nginx
mount --bind "$WORK/etc/hosts" /etc/hosts
mount --bind "$WORK/etc/$HOST.resolv.conf" /etc/resolv.conf
mount -o remount,bind,ro /
hostname "$HOST"
ip link set lo up
echo ready
exec sleep infinity
"""
"""The machine's files are read-only to a host; what servers insist on writing goes to memory."""


ENVIRONMENT: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "TMPDIR": "/run",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}
"""Of everything that runs on a host, whatever the recorder's own is."""


class RecordingError(Exception):
    """Something did not happen as the scenario says; the message tells what was seen instead."""


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

    @property
    def addresses(self) -> set[str]:
        """All addresses that the host was given."""
        return {address for address in (self.v4, self.v6) if address}

    @property
    def log(self) -> Path:
        """What this host's servers print."""
        return self.work / f"{self.name}.log"

    def folder(self, name: str) -> Path:
        """Make a folder of this host's in the scratch folder."""
        path = self.work / f"{self.name}-{name}"
        path.mkdir()
        return path

    def file(self, name: str, content: str) -> Path:
        """Write a file of this host's in the scratch folder."""
        path = self.work / f"{self.name}-{name}"
        path.write_text(content)
        return path

    def _enter(self, argv: Sequence[Arg], *, own_processes: bool) -> list[str]:
        namespaces = [*NAMESPACES, "--pid"] if own_processes else NAMESPACES
        return ["nsenter", f"--target={self.keeper}", *namespaces, "--", *map(str, argv)]

    def run(
        self, *argv: Arg, stdin: str = "", status: Sequence[int] = (0,), expect: str = "", timeout: float = 60
    ) -> str:
        """Run a command on this host to its end and return what it printed, standard error included.

        Raises :class:`RecordingError` where the exit status is not in ``status``, or ``expect`` was not printed.
        """
        done = subprocess.run(
            self._enter(argv, own_processes=True),
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
            timeout=timeout,
            check=False,
        )
        output = done.stdout.decode(errors="replace")
        if done.returncode not in status or expect not in output:
            raise RecordingError(
                f"{self.name}: {' '.join(map(str, argv))}: exit {done.returncode}, wanted {list(status)}"
                f" and {expect!r}, printed:\n{output[-2000:]}"
            )
        return output

    def start(self, *argv: Arg) -> subprocess.Popen[bytes]:
        """Start a server; it ends with the host, and what it prints goes to :attr:`log`."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._enter(argv, own_processes=True),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=ENVIRONMENT,
            )

    def converse(self, *argv: Arg) -> subprocess.Popen[bytes]:
        """Start a client that is told what to do through its standard input, as it goes."""
        return subprocess.Popen(
            self._enter(argv, own_processes=True),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )

    def observe(self, *argv: Arg) -> subprocess.Popen[bytes]:
        """Start a process on this host's network that the recorder can signal itself (a capture)."""
        return subprocess.Popen(
            [*DIE_WITH_PARENT, *self._enter(argv, own_processes=False)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
        )

    def wait_for(self, transport: str, *ports: int, timeout: float = 20) -> None:
        """Wait until something listens on each of ``ports``, without sending a packet."""
        deadline = time.monotonic() + timeout
        while True:
            listening = self.run("ss", "-Hnl", f"--{transport}").splitlines()
            missing = {str(port) for port in ports} - {line.split()[3].rpartition(":")[2] for line in listening}
            if not missing:
                return
            if time.monotonic() > deadline:
                printed = self.log.read_text(errors="replace")[-2000:]
                raise RecordingError(f"{self.name}: nothing listens on {missing}/{transport}; it printed:\n{printed}")
            time.sleep(0.1)

    def sysctl(self, **settings: str | int) -> None:
        """Set kernel parameters of this host's network; dots are written as ``__``."""
        for name, value in settings.items():
            self.run("sysctl", "-qw", f"{name.replace('__', '.')}={value}")


class Lab:
    """All hosts of one recording, with ``work`` as scratch folder; leaving the context ends them."""

    def __init__(self, work: Path) -> None:
        """Begin without hosts."""
        self.work = work
        self.hosts: dict[str, Host] = {}
        self._stack = ExitStack()
        (work / "etc").mkdir()
        (work / "etc" / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")

    def __enter__(self) -> Self:
        """Hosts may be made."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Every host ends, and with it all that it ran."""
        self._stack.close()

    def host(self, name: str, *, nameserver: str = "") -> Host:
        """Create a host without links."""
        resolver = f"nameserver {nameserver}\n" if nameserver else ""
        (self.work / "etc" / f"{name}.resolv.conf").write_text(resolver)
        unshare = ("unshare", *NAMESPACES, "--pid", "--fork", "--kill-child", "--mount-proc")
        keeper = subprocess.Popen(
            [*DIE_WITH_PARENT, *unshare, "sh", "-c", KEEPER],
            env=ENVIRONMENT | {"WORK": str(self.work), "HOST": name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        self._stack.callback(_end, keeper)
        assert keeper.stdout is not None  # noqa: S101  a pipe was asked for
        if keeper.stdout.readline() != b"ready\n":
            raise RecordingError(f"{name}: this kernel does not let a host be made (see the line above)")
        children = Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text().split()
        host = self.hosts[name] = Host(name, self.work, int(children[0]))
        # addresses are given, not found out: no router announcements, no waiting for duplicates
        host.sysctl(net__ipv6__conf__default__accept_ra=0, net__ipv6__conf__default__accept_dad=0)
        return host

    def link(self, one: tuple[Host, str, str], other: tuple[Host, str, str]) -> None:
        """Join two hosts by a pair of Ethernet ports, each (host, port name, MAC), up and without offloads."""
        argv = ["ip", "link", "add"]
        for prefix, (host, port, mac) in (([], one), (["type", "veth", "peer"], other)):
            argv += [*prefix, "name", port, "address", mac, "netns", str(host.keeper)]
        subprocess.run(argv, check=True)
        for host, port, _ in (one, other):
            for setting in NO_OFFLOAD:
                host.run("ethtool", "-K", port, *setting)
            host.run("ip", "link", "set", port, "up")


def _end(keeper: subprocess.Popen[bytes]) -> None:
    keeper.kill()
    keeper.wait()


def say(text: str) -> None:
    """Tell on standard error what is being done."""
    print(text, file=sys.stderr, flush=True)
