"""The packet socket's gate, counters and membership, as the kernel shows them."""

import json
import os
import shlex
import socket
import subprocess
import sys

import pytest

from annotator.capture.interfaces import find_interface
from annotator.capture.packet_socket import PacketSocket, remedy
from tests.capture import traffic
from tests.namespaces import Host, hosts, pair


def waiting(opened: PacketSocket) -> int:
    """Take all queued packets, and count them."""
    packets = 0
    try:
        while opened.socket.recv(1):
            packets += 1
    except BlockingIOError:
        return packets
    return packets


@pytest.mark.needs_root
def test_the_gate_decides_what_comes_in() -> None:
    """Shut at first, open, shut again: what is queued stays, what comes later does not get in, and is no loss."""
    with hosts(1) as [host]:
        with host.inside():
            opened = PacketSocket(find_interface("lo"), promiscuous=True, buffer_bytes=1 << 20)
        traffic.unanswered(host, "127.0.0.1", 5)
        assert waiting(opened) == 0
        opened.open_gate()
        traffic.unanswered(host, "127.0.0.1", 5)
        opened.shut_gate()
        traffic.unanswered(host, "127.0.0.1", 5)
        assert waiting(opened) == 10  # an ICMP error answers each
        assert opened.drops() == 0
        opened.close()


@pytest.mark.needs_root
def test_drops_are_those_since_the_last_question() -> None:
    """The kernel forgets its count when it is asked."""
    with hosts(1) as [host]:
        with host.inside():
            opened = PacketSocket(find_interface("lo"), promiscuous=True, buffer_bytes=1)
        opened.open_gate()
        traffic.unanswered(host, "127.0.0.1", 300)
        drops = opened.drops()
        assert drops > 0
        assert opened.drops() == 0
        assert drops + waiting(opened) == 600
        opened.close()


@pytest.mark.needs_root
def test_what_was_missed_while_opening_is_no_loss() -> None:
    """The socket is small and hears everything until it is set up: the kernel's count of that time is forgotten."""
    with hosts(1) as [host]:
        flood = subprocess.Popen(host.command("ping", "-f", "-q", "-s", "1400", "127.0.0.1"), stdout=subprocess.DEVNULL)
        try:
            with host.inside():
                lo = find_interface("lo")
                for _ in range(100):
                    opened = PacketSocket(lo, promiscuous=True, buffer_bytes=1 << 20)
                    assert opened.drops() == waiting(opened) == 0
                    opened.close()
        finally:
            flood.terminate()
            flood.wait()


@pytest.mark.needs_root
@pytest.mark.parametrize("promiscuous", [True, False])
def test_promiscuous_mode_lasts_as_long_as_the_socket(promiscuous: bool) -> None:
    """The interface is asked for all frames only where the user wants them, and only meanwhile."""

    def promiscuity(host: Host) -> int:
        [shown] = json.loads(host.run("ip", "-json", "-details", "link", "show", "eth0"))
        return int(shown["promiscuity"])

    with pair() as (left, _):
        with left.inside():
            opened = PacketSocket(find_interface("eth0"), promiscuous=promiscuous, buffer_bytes=1 << 20)
        assert promiscuity(left) == promiscuous
        opened.close()
        opened.close()
        assert promiscuity(left) == 0


@pytest.mark.needs_root
def test_the_buffer_is_as_large_as_asked_for() -> None:
    """Root may go beyond the system's limit; the kernel doubles the number for its own bookkeeping."""
    with hosts(1) as [host], host.inside():
        opened = PacketSocket(find_interface("lo"), promiscuous=False, buffer_bytes=64 << 20)
        assert opened.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) == 128 << 20
        opened.close()


def test_the_remedy_names_the_interpreter_in_use() -> None:
    """Capabilities belong to files, so links are followed, and the words can be pasted into a shell."""
    command = remedy("eth0").partition("(")[2].partition(")")[0]
    assert shlex.split(command) == ["sudo", "setcap", "cap_net_raw=eip", os.path.realpath(sys.executable)]
