"""The flow table: what is one flow, what splits it, and what is counted."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.flow import key as key_module
from annotator.flow.key import SHARDS
from annotator.flow.row import AT_START, IN_MIDDLE, NEXT
from annotator.flow.table import FIRST_ROWS, LOOKS, WANTED, FlowSettings, FlowTable, rehash
from annotator.kernel.hash import KEY_WORDS
from annotator.model import HEADER, NO_TIME, UDP, HeaderFlag
from tests.flow.talk import EPOCH_NS, columns, finish_table, flows_of, headers, shown

S = 10**9

SPLITS: list[tuple[str, str, list[int]]] = [
    # what happened, packets, packets of each flow
    ("TCP's timeout is five minutes", "0 tcp a:1 > b:2 A\n300 tcp a:1 > b:2 A", [2]),
    ("and no more", "0 tcp a:1 > b:2 A\n300.000000001 tcp a:1 > b:2 A", [1, 1]),
    ("others' is one minute", "0 udp a:1 > b:2\n60 udp b:2 > a:1", [2]),
    ("and no more", "0 udp a:1 > b:2\n60.000000001 udp b:2 > a:1", [1, 1]),
    ("silence counts, not length", "0 udp a:1 > b:2\n50 udp a:1 > b:2\n100 udp a:1 > b:2", [3]),
    ("a clock that steps back far", "500 udp a:1 > b:2\n0 udp a:1 > b:2", [1, 1]),
    ("a clock that steps back a little", "50 udp a:1 > b:2\n0 udp a:1 > b:2\n100 udp a:1 > b:2", [3]),
    ("no FIN splits", "0 tcp a:1 > b:2 FA\n1 tcp b:2 > a:1 FA\n2 tcp a:1 > b:2 A", [3]),
    ("no RST splits", "0 tcp a:1 > b:2 A\n1 tcp b:2 > a:1 R\n2 tcp a:1 > b:2 A", [3]),
    ("a SYN again is a retransmission", "0 tcp a:1 > b:2 S seq=7\n3 tcp a:1 > b:2 S seq=7", [2]),
    ("a SYN with another number is a new flow", "0 tcp a:1 > b:2 S seq=7\n3 tcp a:1 > b:2 S seq=8", [1, 1]),
    ("a SYN after other packets of its sender", "0 tcp a:1 > b:2 A\n3 tcp a:1 > b:2 S seq=8", [1, 1]),
    ("a SYN behind its own SYN-ACK", "0 tcp b:2 > a:1 SA seq=4 ack=8\n1 tcp a:1 > b:2 S seq=7", [2]),
    ("a SYN behind another's SYN-ACK", "0 tcp b:2 > a:1 SA seq=4 ack=8\n1 tcp a:1 > b:2 S seq=99", [1, 1]),
    (
        "SYNs that cross",
        "0 tcp a:1 > b:2 S seq=7\n0 tcp b:2 > a:1 S seq=9\n1 tcp a:1 > b:2 SA\n1 tcp b:2 > a:1 SA",
        [4],
    ),
    (
        "the peer opens the same ports later",
        "0 tcp a:1 > b:2 S seq=7\n1 tcp b:2 > a:1 SA ack=8\n2 tcp b:2 > a:1 S seq=50",
        [2, 1],
    ),
    ("SCTP's INIT again", "0 sctp a:1 > b:2 OPEN seq=7\n3 sctp a:1 > b:2 OPEN seq=7", [2]),
    ("SCTP's INIT with another tag", "0 sctp a:1 > b:2 OPEN seq=7\n3 sctp a:1 > b:2 OPEN seq=8", [1, 1]),
    ("the last ISN wraps", "0 tcp b:2 > a:1 SA ack=0\n1 tcp a:1 > b:2 S seq=4294967295", [2]),
    ("packets without a time join", "0 udp a:1 > b:2\n- udp a:1 > b:2\n70 udp a:1 > b:2", [2, 1]),
]


@pytest.mark.parametrize(
    ("what", "packets", "expected"), SPLITS, ids=[f"{n}-{case[0]}" for n, case in enumerate(SPLITS)]
)
def test_what_splits_a_flow(what: str, packets: str, expected: list[int]) -> None:
    """Silence beyond the timeout and a new connection do; nothing else does."""
    flows = flows_of(packets)
    assert (flows.initiator_packets + flows.responder_packets).tolist() == expected


@pytest.mark.parametrize(
    ("what", "settings", "packets", "expected"),
    [
        ("0 is never", FlowSettings(0, 0, 0), "0 udp a:1 > b:2\n99999 udp a:1 > b:2", [2]),
        ("a timeout of one's own", FlowSettings(S, S, 0), "0 tcp a:1 > b:2 A\n1.5 tcp a:1 > b:2 A", [1, 1]),
        ("active", FlowSettings(0, 0, 5 * S), "0 udp a:1 > b:2\n4 udp a:1 > b:2\n5.1 udp a:1 > b:2", [2, 1]),
        ("VLANs kept apart", FlowSettings(), "0 udp a:1 > b:2 vlan=4\n1 udp a:1 > b:2 vlan=5", [1, 1]),
        ("VLANs joined", FlowSettings(ignore_vlan=True), "0 udp a:1 > b:2 vlan=4\n1 udp b:2 > a:1 vlan=5", [2]),
    ],
)
def test_settings(what: str, settings: FlowSettings, packets: str, expected: list[int]) -> None:
    """Timeouts and the part of the VLAN can be set."""
    flows = flows_of(packets, settings=settings)
    assert (flows.initiator_packets + flows.responder_packets).tolist() == expected


def test_everything_is_counted_by_direction() -> None:
    """Packets, three kinds of bytes, flags and later fragments, each for who sent it."""
    flows = flows_of("""
        0 tcp a:1 > b:2 S seq=1
        1 tcp b:2 > a:1 SA seq=9 ack=2
        2 tcp a:1 > b:2 PA seq=2 len=100
        3 tcp b:2 > a:1 FA seq=10 len=7
        4 tcp b:2 > a:1 fragment len=30
    """)
    assert len(flows) == 1
    assert (flows.initiator_packets[0], flows.responder_packets[0]) == (2, 3)
    assert (flows.initiator_bytes[0], flows.responder_bytes[0]) == (180, 157)
    assert (flows.initiator_frame_bytes[0], flows.responder_frame_bytes[0]) == (208, 199)
    assert (flows.initiator_payload_bytes[0], flows.responder_payload_bytes[0]) == (100, 37)
    assert (flows.initiator_fragments[0], flows.responder_fragments[0]) == (0, 1)
    assert (flows.tcp_flags_initiator[0], flows.tcp_flags_responder[0]) == (2 | 8 | 16, 1 | 2 | 16)
    assert (flows.first_ns[0], flows.last_ns[0]) == (EPOCH_NS, EPOCH_NS + 4 * S)
    assert flows.first_frame[0] == 1


def test_times_are_those_of_the_earliest_and_the_latest_packet() -> None:
    """A clock that steps back moves the first time, and never gives a negative duration."""
    flows = flows_of("10 udp a:1 > b:2\n9 udp b:2 > a:1\n11 udp a:1 > b:2\n10.5 udp a:1 > b:2")
    assert (flows.first_ns[0] - EPOCH_NS, flows.last_ns[0] - EPOCH_NS) == (9 * S, 11 * S)


def test_a_flow_without_times_has_none() -> None:
    """Where no packet has a time, the flow has none, and nothing splits it."""
    flows = flows_of("- udp a:1 > b:2\n- udp b:2 > a:1")
    assert (flows.first_ns.tolist(), flows.last_ns.tolist()) == ([NO_TIME], [NO_TIME])


@pytest.mark.parametrize(
    ("what", "packets", "count"),
    [
        (
            "transports",
            "0 tcp a:1 > b:2 A\n0 udp a:1 > b:2\n0 udplite a:1 > b:2\n0 sctp a:1 > b:2\n0 dccp a:1 > b:2",
            5,
        ),
        ("ports", "0 udp a:1 > b:2\n0 udp a:1 > b:3\n0 udp a:2 > b:2\n0 udp a:2 > b:1", 4),
        ("addresses", "0 udp a:1 > b:2\n0 udp a:1 > c:2\n0 udp c:1 > b:2", 3),
        ("versions", "0 udp a:1 > b:2\n0 udp a6:1 > b6:2", 2),
        ("tunnels", "0 udp a:1 > b:2\n0 udp a:1 > b:2 tunnel=7\n0 udp a:1 > b:2 tunnel=8", 3),
        ("echo and its reply are one", "0 icmp 8/0 a > b\n1 icmp 0/0 b > a", 1),
        ("echo in both directions is two", "0 icmp 8/0 a > b\n1 icmp 8/0 b > a", 2),
        ("other ICMP types", "0 icmp 8/0 a > b\n1 icmp 13/0 a > b\n2 icmp 14/0 b > a", 2),
        ("codes of one-way types", "0 icmp 3/1 a > b\n1 icmp 3/3 a > b\n2 icmp 3/3 b > a", 3),
        ("no ports at all", "0 gre a > b\n1 gre b > a", 1),
    ],
)
def test_what_keeps_flows_apart(what: str, packets: str, count: int) -> None:
    """The key: addresses, transport, ports or ICMP type and code, VLAN, tunnel."""
    assert len(flows_of(packets)) == count


def test_equal_ends_are_one_flow() -> None:
    """A packet from an end to itself (a land attack) is one flow with one direction."""
    flows = flows_of("0 tcp a:80 > a:80 S seq=1\n1 tcp a:80 > a:80 S seq=1")
    assert shown(flows) == "a:80 > a:80"
    assert (flows.initiator_packets.tolist(), flows.responder_packets.tolist()) == ([2], [0])


def test_a_quoted_header_marks_its_flow_and_counts_nowhere() -> None:
    """It changes no counter and no time, and makes no flow of its own."""
    quiet = flows_of("0 udp a:1 > b:2")
    quoted = flows_of("0 udp a:1 > b:2\n1 quote-unreachable udp a:1 > b:2\n2 quote-prohibited udp x:1 > y:2")
    assert len(quoted) == 1
    assert quoted.initiator_packets.tolist() == quiet.initiator_packets.tolist()
    assert quoted.last_ns.tolist() == quiet.last_ns.tolist()
    assert quoted.outcome.tolist() != quiet.outcome.tolist()


def many(count: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """UDP packets of as many flows, two each."""
    rows = np.zeros(2 * count, HEADER)
    rows["version"], rows["proto"] = 4, UDP
    rows["flags"] = HeaderFlag.OUTERMOST | HeaderFlag.PORTS
    number = np.tile(np.arange(count), 2)
    rows["src_lo"], rows["dst_lo"] = number // 60000 + 1, 0x0A000001
    rows["sport"], rows["dport"] = number % 60000, 53
    rows["ts_ns"] = EPOCH_NS
    rows["frame"] = np.arange(1, 2 * count + 1)
    return rows


def test_the_table_grows_and_finds_what_it_had() -> None:
    """Far more flows than there was room for: each is found again, none is doubled, in order of its first frame."""
    count = 20 * FIRST_ROWS * SHARDS // 16
    table = FlowTable(FlowSettings())
    rows = many(count)
    for start in range(0, len(rows), 5000):
        table.add(rows[start : start + 5000], 0)
    result = table.rows()
    assert len(result) == count
    assert (result["packets"].sum(axis=1) == 2).all()


@pytest.mark.parametrize("keys", [0, 1, 0xFFFFFFFF, "random"])
def test_rows_do_not_depend_on_the_keys_of_the_hash(keys: int | str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever shard and slot a flow falls on, the rows and their order are the same."""
    expected = FlowTable(FlowSettings())
    expected.add(many(3000), 0)
    if keys != "random":
        monkeypatch.setattr(key_module, "random_keys", lambda: np.full(KEY_WORDS, keys, np.uint64))
    table = FlowTable(FlowSettings())
    table.add(many(3000), 0)
    assert columns(table.rows()) == columns(expected.rows())


@given(cuts=st.lists(st.integers(0, 40), max_size=5))
def test_batches_may_be_cut_anywhere(cuts: list[int]) -> None:
    """Flows are the same however the packets were batched."""
    lines = [
        f"{n} tcp {one}:1 > {two}:2 A len={n}"
        for n, (one, two) in zip(range(40), itertools.cycle([("a", "b"), ("b", "a"), ("a", "c")]))
    ]
    rows = headers(lines)
    whole = FlowTable(FlowSettings())
    whole.add(rows, 0)
    table = FlowTable(FlowSettings())
    edges = [0, *sorted(cuts), 40]
    for start, stop in itertools.pairwise(edges):
        table.add(rows[start:stop], 0)
    assert columns(table.rows()) == columns(whole.rows())


def test_captures_are_joined_in_time_and_named_by_the_first() -> None:
    """A flow that goes on in the next capture is one; its first frame is the one in the capture where it began."""
    table = FlowTable(FlowSettings())
    table.add(headers(["0 udp a:1 > b:2 frame=9"]), 0)
    table.add(headers(["30 udp b:2 > a:1\n31 udp c:1 > b:2"]), 1)
    flows = finish_table(table, FlowSettings(), {0: EPOCH_NS, 1: EPOCH_NS + 31 * S}, {})
    assert [shown(flows, k) for k in range(2)] == ["a:1 > b:2", "c:1 > b:2"]
    assert (flows.capture.tolist(), flows.first_frame.tolist()) == ([0, 1], [9, 2])
    assert (flows.initiator_packets + flows.responder_packets).tolist() == [2, 1]


PLACES = {IN_MIDDLE: "middle", AT_START: "start", NEXT: "next"}
SIGHTS: list[tuple[str, str, list[str]]] = [
    # what happened, packets, what is looked at: the direction's sender and the place in its stream
    (
        "a stream from its start",
        "0 tcp a:1 > b:2 S seq=9\n1 tcp a:1 > b:2 PA seq=10 len=5\n2 tcp a:1 > b:2 PA seq=15 len=5",
        ["a start", "a next"],
    ),
    (
        "both directions",
        "0 tcp a:1 > b:2 S seq=9\n1 tcp b:2 > a:1 SA seq=0 ack=10\n2 tcp b:2 > a:1 PA seq=1 len=5\n"
        "3 tcp a:1 > b:2 PA seq=10 len=5",
        ["b start", "a start"],
    ),
    ("data in the SYN", "0 tcp a:1 > b:2 S seq=9 len=4\n1 tcp a:1 > b:2 PA seq=14 len=4", ["a start", "a next"]),
    (
        "a retransmission is not needed",
        "0 tcp a:1 > b:2 S seq=9\n1 tcp a:1 > b:2 PA seq=10 len=5\n2 tcp a:1 > b:2 PA seq=10 len=5",
        ["a start"],
    ),
    (
        "behind a gap",
        "0 tcp a:1 > b:2 S seq=9\n1 tcp a:1 > b:2 PA seq=15 len=5\n2 tcp a:1 > b:2 PA seq=10 len=5",
        ["a middle", "a start"],
    ),
    ("in mid-stream", "0 tcp a:1 > b:2 PA seq=100 len=5\n1 tcp a:1 > b:2 PA seq=105 len=5", ["a middle", "a next"]),
    ("numbers that wrap", "0 tcp a:1 > b:2 S seq=4294967295\n1 tcp a:1 > b:2 PA seq=0 len=5", ["a start"]),
    (
        "datagrams all start",
        "0 udp a:1 > b:2 len=5\n1 udp b:2 > a:1 len=5\n2 udp a:1 > b:2 len=5",
        ["a start", "b start", "a start"],
    ),
    ("without payload", "0 tcp a:1 > b:2 S seq=9\n1 udp a:1 > b:2", []),
    ("later fragments", "0 udp a:1 > b:2 len=5\n1 udp a:1 > b:2 len=5 fragment", ["a start"]),
]


@pytest.mark.parametrize(("what", "packets", "expected"), SIGHTS, ids=[case[0] for case in SIGHTS])
def test_payloads_to_look_at(what: str, packets: str, expected: list[str]) -> None:
    """Payloads are handed on, with their place in the stream: the first of each direction, and more where wanted."""
    rows = headers([packets])
    table = FlowTable(FlowSettings())
    sights = table.add(rows, 0).copy()
    first = sights.copy()
    for shard in table.shards:
        shard.rows["watch"][: shard.used] = 9
    wanted = np.zeros(len(first), WANTED)
    for field in ("row", "shard", "direction"):
        wanted[field] = first[field]
    sights = np.concatenate((first, table.more(rows, wanted)))
    sights.sort(order="header")
    chosen = rows[sights["header"]]
    senders = [chr(address & 0x7F) for address in chosen["src_lo"].tolist()]
    assert [f"{who} {PLACES[place]}" for who, place in zip(senders, sights["place"].tolist(), strict=True)] == expected


def test_so_many_payloads_are_looked_at_and_no_more() -> None:
    """A long flow costs no more than a short one."""
    lines = [f"{n} udp a:1 > b:2 len=5\n{n} udp b:2 > a:1 len=5" for n in range(50)]
    sights = FlowTable(FlowSettings()).add(headers(lines), 0)
    assert sights["direction"].tolist() == [0, 1] * LOOKS


@given(slots=st.lists(st.integers(1, 2**64 - 1), max_size=60, unique_by=lambda slot: slot >> 32))
def test_slots_move_to_a_larger_table(slots: list[int]) -> None:
    """No slot is lost or doubled, and each is found from its hash without meeting a free one."""
    old = np.zeros(128, np.uint64)
    old[: len(slots)] = slots
    new = np.zeros(256, np.uint64)
    rehash(old, new)
    assert sorted(new[new != 0].tolist()) == sorted(slots)
    for slot in slots:
        at = (slot >> 32) & 255
        while new[at] != slot:
            assert new[at] != 0
            at = (at + 1) & 255
