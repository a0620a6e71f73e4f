"""What became of a flow, and how it ended, as tables of readable cases."""

import pytest

from annotator.flow.table import FlowSettings
from annotator.model import TCP, UDP, End, Outcome
from tests.flow.talk import flows_of

SYN = "0 tcp a:1 > b:2 S seq=1\n"
OUTCOMES: list[tuple[str, str, str]] = [
    # what happened, packets, outcome
    ("a handshake", SYN + "1 tcp b:2 > a:1 SA ack=2", "established"),
    ("accepted, then reset", SYN + "1 tcp b:2 > a:1 SA ack=2\n2 tcp b:2 > a:1 R", "established"),
    ("the SYN was missed", "0 tcp b:2 > a:1 SA ack=2\n1 tcp a:1 > b:2 A", "established"),
    ("reset at once", SYN + "1 tcp b:2 > a:1 RA ack=2", "refused"),
    ("port unreachable", SYN + "1 quote-unreachable tcp a:1 > b:2", "refused"),
    ("administratively prohibited", SYN + "1 quote-prohibited tcp a:1 > b:2", "prohibited"),
    ("silence", SYN + "3 tcp a:1 > b:2 S seq=1", "no_answer"),
    ("given up by its own reset", SYN + "3 tcp a:1 > b:2 R", "no_answer"),
    ("goes on as if answered: the answer was not captured", SYN + "1 tcp a:1 > b:2 A", "one_sided"),
    ("an acceptance alone", "0 tcp b:2 > a:1 SA ack=2", "one_sided"),
    ("both SYNs, no more", SYN + "0 tcp b:2 > a:1 S seq=9", "established"),
    ("in mid-stream", "0 tcp a:1 > b:2 A\n1 tcp b:2 > a:1 A", "midstream"),
    ("in mid-stream, one end", "0 tcp a:1 > b:2 PA len=4", "one_sided"),
    ("SCTP accepted", "0 sctp a:1 > b:2 OPEN\n1 sctp b:2 > a:1 ACCEPT", "established"),
    ("SCTP aborted", "0 sctp a:1 > b:2 OPEN\n1 sctp b:2 > a:1 RST", "refused"),
    ("DCCP unanswered", "0 dccp a:1 > b:2 OPEN", "no_answer"),
    ("UDP answered", "0 udp a:1 > b:2\n1 udp b:2 > a:1", "established"),
    ("UDP unanswered", "0 udp a:1 > b:2", "no_answer"),
    ("UDP port unreachable", "0 udp a:1 > b:2\n1 quote-unreachable udp a:1 > b:2", "refused"),
    ("UDP prohibited", "0 udp a:1 > b:2\n1 quote-prohibited udp a:1 > b:2", "prohibited"),
    (
        "UDP answered, later unreachable",
        "0 udp a:1 > b:2\n1 udp b:2 > a:1\n2 quote-unreachable udp a:1 > b:2",
        "established",
    ),
    ("to a group nobody answers", "0 udp a:5353 > *:5353", "one_sided"),
    ("an echo unanswered", "0 icmp 8/0 a > b", "no_answer"),
    ("an echo answered", "0 icmp 8/0 a > b\n1 icmp 0/0 b > a", "established"),
    ("an echo reply alone", "0 icmp 0/0 b > a", "one_sided"),
    ("an ICMP error", "0 icmp 3/1 a > b", "one_sided"),
    ("a protocol without ports, one end", "0 gre a > b", "one_sided"),
    ("a protocol without ports, both ends", "0 gre a > b\n1 gre b > a", "established"),
]


@pytest.mark.parametrize(("what", "packets", "expected"), OUTCOMES, ids=[case[0] for case in OUTCOMES])
def test_outcome(what: str, packets: str, expected: str) -> None:
    """The first rung of the ladder that holds."""
    flows = flows_of(packets)
    assert [Outcome(outcome).word for outcome in flows.outcome] == [expected]


def test_an_answer_whose_question_was_not_captured_is_one_sided() -> None:
    """A reply alone, oriented by the registry, is no connection that nobody answered."""
    flows = flows_of("0 udp b:53 > a:40000", assigned={UDP: [53]})
    assert flows.initiator_packets.tolist() == [0]
    assert Outcome(flows.outcome[0]) is Outcome.ONE_SIDED


ENDS: list[tuple[str, str, list[str]]] = [
    # what happened, packets, end of each flow
    ("still open when the capture ends", "0 tcp a:1 > b:2 A", ["open"]),
    ("a FIN", "0 tcp a:1 > b:2 FA", ["fin"]),
    ("a reset", "0 tcp b:2 > a:1 R", ["rst"]),
    ("a reset after a FIN", "0 tcp a:1 > b:2 FA\n1 tcp b:2 > a:1 R", ["rst"]),
    ("silence, then a new flow", "0 udp a:1 > b:2\n100 udp a:1 > b:2", ["idle", "open"]),
    ("silence until the capture's end", "0 udp a:1 > b:2\n100 udp c:1 > d:2", ["idle", "open"]),
    ("a FIN, then silence", "0 tcp a:1 > b:2 FA\n900 tcp c:1 > d:2 A", ["fin", "open"]),
    ("a new connection", "0 tcp a:1 > b:2 A\n1 tcp a:1 > b:2 S seq=5", ["open", "open"]),
    ("SCTP's shutdown", "0 sctp a:1 > b:2 FIN", ["fin"]),
]


@pytest.mark.parametrize(("what", "packets", "expected"), ENDS, ids=[case[0] for case in ENDS])
def test_end(what: str, packets: str, expected: list[str]) -> None:
    """What was seen of an end comes before what was inferred from silence."""
    flows = flows_of(packets)
    assert [End(end).word for end in flows.end] == expected


def test_end_by_the_active_timeout() -> None:
    """A flow that was cut for its length says so; with timeouts off nothing ends by silence."""
    settings = FlowSettings(idle_tcp_ns=0, idle_other_ns=0, active_ns=10**9)
    flows = flows_of("0 udp a:1 > b:2\n5 udp a:1 > b:2\n9999 udp c:1 > d:2", settings=settings)
    assert [End(end).word for end in flows.end] == ["active", "open", "open"]


def test_outcomes_follow_the_orientation() -> None:
    """A reset from the initiator is no refusal, whichever end is A in the table."""
    for one, other in (("a", "b"), ("b", "a")):
        flows = flows_of(f"0 tcp {one}:1 > {other}:2 S seq=1\n1 tcp {other}:2 > {one}:1 RA ack=2", assigned={TCP: []})
        assert Outcome(flows.outcome[0]) is Outcome.REFUSED
