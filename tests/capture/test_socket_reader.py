"""Frames as the packet socket gives them: whole, timed and counted like the kernel's and tcpdump's."""

import fcntl
import json
import os
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from scapy.layers.inet import IP, UDP

from annotator.capture import open_capture
from annotator.capture.interfaces import ETHERNET, RAW, SLL
from annotator.capture.live import LiveReader, LiveSettings, open_live
from annotator.capture.packet_socket import PACKET_IGNORE_OUTGOING, SOL_PACKET
from annotator.capture.socket_reader import WINDOW
from tests.capture import traffic
from tests.capture.meanwhile import Frame, analysed, capturing, frames
from tests.namespaces import Host, hosts, pair, tcpdump

pytestmark = pytest.mark.needs_root

TUNSETIFF, TUNSETLINK = 0x400454CA, 0x400454CD  # linux/if_tun.h
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
ARPHRD_PPP = 512


@pytest.fixture(scope="module")
def wired() -> Iterator[tuple[Host, Host]]:
    """Two hosts with a wire between them."""
    with pair() as made:
        yield made


def tcpdumped(file: Path) -> list[Frame]:
    """Read the frames of tcpdump's file."""
    reader = open_capture(str(file))
    try:
        return frames(reader)
    finally:
        reader.close()


def mac(host: Host) -> bytes:
    """Give the address of a host's ``eth0``."""
    [shown] = json.loads(host.run("ip", "-json", "link", "show", "eth0"))
    return bytes.fromhex(shown["address"].replace(":", ""))


@pytest.mark.parametrize("snaplen", [262144, 96, 20])
def test_frames_equal_those_that_tcpdump_writes(wired: tuple[Host, Host], tmp_path: Path, snaplen: int) -> None:
    """Bytes and lengths are the same; so is the time of what was sent, which the kernel stamps once for all."""
    left, right = wired
    file = tmp_path / "tcpdump.pcap"
    with (
        tcpdump(left, "eth0", file, "-s", str(snaplen)),
        capturing(left, frames, settings=LiveSettings(snaplen=snaplen)) as capture,
    ):
        begin_ns = time.time_ns()
        traffic.everything(left, right)
        end_ns = time.time_ns()
    ours, theirs = (
        [frame for frame in found if begin_ns <= frame.ts_ns <= end_ns] for found in (capture.result(), tcpdumped(file))
    )
    assert len(ours) > 50
    assert sorted(frame[:3] for frame in ours) == sorted(frame[:3] for frame in theirs)
    own = mac(left)
    sent, also_sent = (sorted(frame for frame in found if frame.data[6:12] == own) for found in (ours, theirs))
    assert sent == also_sent
    assert len(sent) > 25


def tagged_frames(number: int) -> list[bytes]:
    """Make Ethernet frames of a protocol that nobody speaks, most of them with VLAN tags, all different."""
    draw = random.Random(7)  # noqa: S311 (the same frames every time)
    made = []
    for serial in range(number):
        tags = b"".join(
            struct.pack("!HH", draw.choice((0x8100, 0x88A8, 0x9100)), draw.randrange(1 << 16))
            for _ in range(draw.randrange(4))
        )
        content = struct.pack("!HI", 0x88B5, serial) + draw.randbytes(draw.randrange(46, 1400))
        made.append(b"\xff" * 6 + draw.randbytes(5).join((b"\x02", b"")) + tags + content)
    return made


@pytest.mark.parametrize("snaplen", [262144, 62, 10])
@pytest.mark.parametrize("end", [0, 1])
def test_vlan_tags_stand_where_they_stood(wired: tuple[Host, Host], end: int, snaplen: int) -> None:
    """The kernel takes the outer tag off what it receives: it is put back; what is sent still has it."""
    sent = tagged_frames(300)
    with capturing(wired[end], frames, settings=LiveSettings(snaplen=snaplen)) as capture:
        with wired[1].inside():
            port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        with port:
            port.bind(("eth0", 0))
            for frame in sent:
                port.send(frame)
    got = [(frame.data, frame.origlen, frame.link_type) for frame in capture.result()]
    expected = [(frame[:snaplen], len(frame), ETHERNET) for frame in sent]
    strangers = [one for one in got if one not in expected]  # neighbour discovery has its own times
    assert [one for one in got if one in expected] == expected
    assert len(strangers) < 10


@contextmanager
def tun(host: Host, hardware: int | None = None) -> Iterator[int]:
    """Give the far side of ``tun0``, 10.8.0.1, as a descriptor: IP packets go in and out."""
    with host.inside():
        try:
            far = os.open("/dev/net/tun", os.O_RDWR)
        except OSError:
            pytest.skip("this kernel has no TUN interfaces")
    try:
        fcntl.ioctl(far, TUNSETIFF, struct.pack("16sH22x", b"tun0", IFF_TUN | IFF_NO_PI))
        if hardware is not None:
            fcntl.ioctl(far, TUNSETLINK, hardware)
        host.run("ip", "link", "set", "tun0", "addrgenmode", "none")
        host.run("ip", "link", "set", "tun0", "up")
        host.run("ip", "address", "add", "10.8.0.1", "peer", "10.8.0.2", "dev", "tun0")
        yield far
    finally:
        os.close(far)


@pytest.mark.parametrize(("hardware", "link_type"), [(None, RAW), (ARPHRD_PPP, SLL)])
def test_interfaces_without_ethernet(tmp_path: Path, hardware: int | None, link_type: int) -> None:
    """A tunnel gives bare IP packets, PPP gives them in cooked frames; both as tcpdump writes them."""
    file = tmp_path / "tcpdump.pcap"
    with hosts(1) as [host], tun(host, hardware) as far:
        with (
            tcpdump(host, "tun0", file),
            capturing(host, frames, "tun0") as capture,
            capturing(host, analysed, "tun0") as analysis,
        ):
            with host.inside():
                near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            with near:
                near.sendto(b"question", ("10.8.0.2", 5))
                question = os.read(far, 2000)
                answer = bytes(
                    IP(src="10.8.0.2", dst="10.8.0.1") / UDP(sport=5, dport=near.getsockname()[1]) / b"answer"
                )
                os.write(far, answer)
                assert near.recv(100) == b"answer"
        got = capture.result()
        header = 0 if link_type == RAW else 16
        assert [(frame.data[header:], frame.link_type) for frame in got] == [(question, link_type), (answer, link_type)]
        assert [frame[:3] for frame in got] == [frame[:3] for frame in tcpdumped(file)]
        flows = analysis.result().flows
        assert (flows.responder_port.tolist(), flows.responder_packets.tolist()) == ([5], [1])


def test_loopback_counts_once_where_the_kernel_shows_it_twice() -> None:
    """Kernels before 4.20 cannot be asked to leave out what goes out."""
    with hosts(1) as [host]:
        with capturing(host, frames, "lo") as capture:
            capture.reader._packets.socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 0)
            traffic.unanswered(host, "127.0.0.1", 20)
        assert len(capture.result()) == 20 + 20  # an ICMP error answers each


def test_drops_are_counted() -> None:
    """Each packet was either read or is among the drops."""
    begun, go_on = threading.Event(), threading.Event()

    def read_late(reader: LiveReader) -> int:
        batches = reader.batches()
        packets = 0
        for batch in batches:
            packets += len(batch)
            if packets:
                begun.set()
                go_on.wait(10)
        return packets

    with hosts(1) as [host]:
        with capturing(host, read_late, "lo", LiveSettings(buffer_bytes=1)) as capture:
            traffic.unanswered(host, "127.0.0.1", 1)
            assert begun.wait(10)
            traffic.unanswered(host, "127.0.0.1", 400)
            go_on.set()
        assert capture.reader.drops
        assert capture.result() + capture.reader.drops == 401 * 2  # an ICMP error answers each


def test_the_capture_begins_when_batches_are_asked_for() -> None:
    """What came while the run got ready does not count, nor as a loss."""
    with hosts(1) as [host]:
        with host.inside():
            reader = open_live("lo", LiveSettings(duration_s=0.2))
        traffic.unanswered(host, "127.0.0.1", 500)
        assert sum(map(len, reader.batches())) == 0
        assert reader.drops == 0


def test_a_full_window_is_handed_on() -> None:
    """More than a window of packets, waiting at once, comes in several batches, and nothing is lost."""
    number = 2 * WINDOW // 60_000
    begun, go_on = threading.Event(), threading.Event()

    def sizes(reader: LiveReader) -> list[tuple[int, int]]:
        found = []
        for batch in reader.batches():
            found.append((len(batch), int(batch.caplen.sum())))
            if len(batch):
                begun.set()
                go_on.wait(10)
        return found

    with hosts(1) as [host]:
        with capturing(host, sizes, "lo") as capture:
            traffic.unanswered(host, "127.0.0.1", 1)
            assert begun.wait(10)
            traffic.unanswered(host, "127.0.0.1", number, 60_000)
            go_on.set()
        found = capture.result()
        assert capture.reader.drops == 0
        assert sum(packets for packets, _ in found) == 2 * (number + 1)
        assert WINDOW < max(octets for _, octets in found) <= WINDOW + 262144
