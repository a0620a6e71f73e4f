"""Live capture against the kernel: real traffic between namespaces, and tcpdump's view of the same."""

import threading
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from annotator.capture.live import LiveReader, LiveSettings, open_live
from annotator.errors import InputError
from annotator.model import ICMP, ICMP6, TCP, UDP, Flows
from annotator.pipeline import analyse
from tests.capture import traffic
from tests.capture.meanwhile import analysed, capturing
from tests.namespaces import Host, hosts, pair, tcpdump

pytestmark = pytest.mark.needs_root

TIMES = ("first_ns", "last_ns")
COMPARED = [column.name for column in fields(Flows) if column.name not in ("capture", "first_frame", *TIMES)]
TAPS_APART_NS = 10_000_000
"""A TCP segment that came over a veth carries no time of its arrival: the kernel stamps it for each tap anew."""

MULTICAST_LISTENER_QUERY = 130  # RFC 2710; echo is 128 and 129


@pytest.fixture(scope="module")
def wired() -> Iterator[tuple[Host, Host]]:
    """Two hosts with a wire between them."""
    with pair() as made:
        yield made


def rows(flows: Flows, begin_ns: int, end_ns: int) -> dict[tuple[object, ...], tuple[int, int]]:
    """Give the times of the flows that lie between two others, by all the rest that is known of them.

    Multicast listener and neighbour discovery (ICMPv6 types from 130) is left out: kernels do it when they like, also
    when only one of two captures has begun.
    """
    known = zip(*(getattr(flows, name).tolist() for name in COMPARED), strict=True)
    times = zip(flows.first_ns.tolist(), flows.last_ns.tolist(), strict=True)
    return {
        row: (first, last)
        for row, (first, last), icmp_type in zip(known, times, flows.icmp_type.tolist(), strict=True)
        if begin_ns <= first and last <= end_ns and icmp_type < MULTICAST_LISTENER_QUERY
    }


def assert_same_rows(live: Flows, file: Path, begin_ns: int, end_ns: int) -> None:
    """See that a live capture and tcpdump's file of it give the same flows."""
    ours, theirs = (rows(flows, begin_ns, end_ns) for flows in (live, analyse([str(file)]).flows))
    assert ours.keys() == theirs.keys()
    for row, times in ours.items():
        assert times == pytest.approx(theirs[row], rel=0, abs=TAPS_APART_NS)


def test_rows_equal_those_of_tcpdumps_file(wired: tuple[Host, Host], tmp_path: Path) -> None:
    """TCP, UDP with fragments, ICMP, ports that refuse, over IPv4 and IPv6 give the rows of the file."""
    left, right = wired
    file = tmp_path / "tcpdump.pcap"
    with capturing(left, analysed) as capture, tcpdump(left, "eth0", file):
        begin_ns = time.time_ns()
        traffic.everything(left, right)
        end_ns = time.time_ns()
    found = capture.result()
    assert_same_rows(found.flows, file, begin_ns, end_ns)
    seen = set(zip(found.flows.version.tolist(), found.flows.proto.tolist(), strict=True))
    assert {(4, TCP), (6, TCP), (4, UDP), (6, UDP), (4, ICMP), (6, ICMP6)} <= seen
    assert len(rows(found.flows, begin_ns, end_ns)) >= 9
    assert (found.captures[0].name, found.captures[0].complete, found.captures[0].drops) == ("eth0", True, 0)


def test_rows_of_a_vlan_equal_those_of_tcpdumps_file(tmp_path: Path) -> None:
    """A conversation over VLAN interfaces stands in the rows with its VLAN."""
    file = tmp_path / "tcpdump.pcap"
    with pair() as (left, right):
        for number, host in enumerate((left, right), 1):
            if not host.can("ip", "link", "add", "link", "eth0", "name", "eth0.5", "type", "vlan", "id", "5"):
                pytest.skip("this kernel has no VLAN interfaces")
            host.run("ip", "address", "add", f"10.9.5.{number}/24", "dev", "eth0.5")
            host.run("ip", "link", "set", "eth0.5", "up")
        with capturing(left, analysed) as capture, tcpdump(left, "eth0", file):
            begin_ns = time.time_ns()
            traffic.tcp(left, right, "10.9.5.2")
            traffic.udp(left, right, "10.9.5.2")
            end_ns = time.time_ns()
        flows = capture.result().flows
        assert_same_rows(flows, file, begin_ns, end_ns)
        assert (flows.vlan != 0).sum() >= 2


def test_loopback_counts_once(tmp_path: Path) -> None:
    """The loopback interface shows each packet twice, and the rows hold it once, as tcpdump's file does."""
    file = tmp_path / "tcpdump.pcap"
    with hosts(1) as [host]:
        with capturing(host, analysed, "lo") as capture, tcpdump(host, "lo", file):
            begin_ns = time.time_ns()
            traffic.tcp(host, host, "127.0.0.1")
            traffic.udp(host, host, "::1", sizes=(10, 20, 30))
            end_ns = time.time_ns()
        flows = capture.result().flows
        assert_same_rows(flows, file, begin_ns, end_ns)
        udp = flows.proto == UDP
        assert flows.initiator_packets[udp].tolist() == flows.responder_packets[udp].tolist() == [3]


def test_a_count_ends_the_capture(wired: tuple[Host, Host]) -> None:
    """Exactly so many packets are read, although more came."""
    left, right = wired
    with capturing(left, analysed, settings=LiveSettings(count=5)) as capture:
        traffic.ping(left, "10.9.0.2", 10)
        assert capture.result().captures[0].packets_read == 5
    del right


def test_a_duration_ends_the_capture_without_traffic() -> None:
    """Silence does not hold the clock up."""
    with hosts(1) as [host], host.inside():
        reader = open_live("lo", LiveSettings(duration_s=0.3))
        begin = time.monotonic()
        assert sum(map(len, reader.batches())) == 0
        assert 0.3 <= time.monotonic() - begin < 1
        assert reader.complete


def test_what_came_before_the_end_is_read() -> None:
    """Packets that wait in the kernel when the capture is stopped are part of it."""
    with hosts(1) as [host]:
        busy, free = threading.Event(), threading.Event()

        def count_slowly(reader: LiveReader) -> int:
            packets = 0
            for batch in reader.batches():
                packets += len(batch)
                if packets:
                    busy.set()
                    free.wait(10)
            return packets

        with capturing(host, count_slowly, "lo") as capture:
            traffic.unanswered(host, "127.0.0.1", 1)
            assert busy.wait(10)
            traffic.unanswered(host, "127.0.0.1", 300)
            capture.reader.stop()
            free.set()
        assert capture.result() == 2 * 301  # an ICMP error answers each


def test_packets_do_not_wait_for_a_full_batch() -> None:
    """However slowly packets trickle in, each is handed on soon: a live view shows what is going on."""

    def lags_ns(reader: LiveReader) -> list[int]:
        return [time.time_ns() - int(batch.ts_ns[0]) for batch in reader.batches() if len(batch)]

    with hosts(1) as [host]:
        with capturing(host, lags_ns, "lo") as capture:
            for _ in range(40):
                traffic.unanswered(host, "127.0.0.1", 1)
                time.sleep(0.02)
        assert len(capture.result()) >= 3
        assert max(capture.result()) < 0.5e9


@pytest.mark.parametrize("loss", [("set", "eth0", "down"), ("delete", "eth0")])
def test_an_interface_that_goes_away_ends_the_capture(loss: tuple[str, ...]) -> None:
    """What was read until then is the result, and it says why there is no more."""
    with pair() as (left, _), capturing(left, analysed) as capture:
        traffic.ping(left, "10.9.0.2", 3)
        left.run("ip", "link", *loss)
        summary = capture.result().captures[0]
        assert not summary.complete
        assert summary.packets_read >= 6
        assert "went down or was removed after frame" in summary.note


def test_an_unknown_interface_is_answered_with_those_that_exist() -> None:
    """The error is one line that helps."""
    with hosts(1) as [host], host.inside(), pytest.raises(InputError, match=r"^eth7: no such interface.* has lo$"):
        open_live("eth7")


def test_an_interface_that_is_down_is_refused() -> None:
    """Waiting for packets from it would be in vain."""
    with pair() as (left, _), left.inside():
        left.run("ip", "link", "set", "eth0", "down")
        with pytest.raises(InputError, match="ip link set dev eth0 up"):
            open_live("eth0")
