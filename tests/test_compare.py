"""The agreement ladder: assignment and observation of each flow compared, as a table of readable cases."""

from typing import Any

import numpy as np
import pytest

from annotator.compare import REASONS, compare, speaks
from annotator.model import ICMP, NO_PORT, SCTP, TCP, UDP, Agreement, Flows, Grade, Outcome
from annotator.pipeline import look_up
from annotator.registry import load
from tests.report.synthetic import flow, make_flows

NAMES = ("http", "tls", "ssh", "smtp", "smtp+tls", "dns")
SILENT: dict[str, Any] = {"initiator_payload_bytes": 0, "responder_payload_bytes": 0}
UNANSWERED: dict[str, Any] = {"outcome": Outcome.NO_ANSWER, "responder_packets": 0, "responder_payload_bytes": 0}


def saw(name: str, grade: Grade = Grade.CONFIRMED) -> dict[str, Any]:
    """What the payload showed."""
    return {"observed": NAMES.index(name), "observed_grade": grade}


CASES: list[tuple[str, dict[str, Any], str, str]] = [
    # what happened, the flow, agreement, reason
    ("no ports", flow(proto=ICMP), "not_applicable", "the flow has no ports"),
    ("ports that were not seen", flow(port=NO_PORT), "not_applicable", "the flow has no ports"),
    ("refused", flow(port=443, outcome=Outcome.REFUSED), "no_answer", "the connection was refused"),
    (
        "refused on an unassigned port",
        flow(port=7214, outcome=Outcome.REFUSED),
        "no_answer",
        "the connection was refused",
    ),
    ("prohibited", flow(port=443, outcome=Outcome.PROHIBITED), "no_answer", "a firewall prohibited it"),
    (
        "nothing answered",
        flow(port=443, **UNANSWERED | SILENT),
        "no_answer",
        "nothing answered and no payload was sent",
    ),
    (
        "nothing answered, unassigned",
        flow(port=7214, **UNANSWERED | SILENT),
        "no_answer",
        "nothing answered and no payload was sent",
    ),
    (
        "unassigned, unanswered, but payload",
        flow(port=7214, proto=UDP, **UNANSWERED),
        "unassigned_use",
        "the responder's port is not assigned",
    ),
    ("unassigned and answered", flow(port=7214, **SILENT), "unassigned_use", "the responder's port is not assigned"),
    (
        "unassigned and observed",
        flow(port=7214, **saw("ssh")),
        "unassigned_use",
        "the responder's port is not assigned",
    ),
    ("reserved", flow(port=8077), "unassigned_use", "the responder's port is not assigned"),
    ("dynamic", flow(port=60000, sport=61000), "unassigned_use", "the responder's port is not assigned"),
    (
        "what the service speaks",
        flow(port=443, **saw("tls")),
        "matches",
        "the payload is what the service is known to speak",
    ),
    (
        "a signature of what the service speaks",
        flow(port=443, **saw("tls", Grade.SPECULATIVE)),
        "matches",
        "a signature fits what the service is known to speak",
    ),
    (
        "an upgrade of what the service speaks",
        flow(port=25, **saw("smtp+tls")),
        "matches",
        "the payload is what the service is known to speak",
    ),
    (
        "something else, confirmed",
        flow(port=443, **saw("ssh")),
        "differs",
        "the payload is none of what the service is known to speak",
    ),
    (
        "a signature of something else",
        flow(port=443, **saw("ssh", Grade.SPECULATIVE)),
        "not_observed",
        "a signature of another protocol, which is not enough to contradict",
    ),
    (
        "a service of which nothing is known",
        flow(port=8020, **saw("http")),
        "not_comparable",
        "it is not known what the service speaks",
    ),
    ("payload that nobody knows", flow(port=443), "not_observed", "payload was seen, but nothing recognised it"),
    ("answered without payload", flow(port=443, **SILENT), "not_observed", "answered, but no payload was seen"),
    (
        "the same service on another transport",
        flow(port=22, proto=SCTP, **saw("ssh")),
        "matches",
        "the payload is what the service is known to speak",
    ),
]


def compared(rows: list[dict[str, Any]], **marks: list[bool]) -> Flows:
    """Look flows up and compare them."""
    flows = make_flows(rows)
    registry = load()
    look_up(flows, registry)
    marked = {name: np.array(marks.get(name, [False] * len(flows))) for name in ("random", "contradicts")}
    compare(flows, registry.entries, NAMES, marked["random"], marked["contradicts"])
    return flows


@pytest.mark.parametrize(("what", "row", "agreement", "reason"), CASES, ids=[case[0] for case in CASES])
def test_agreement(what: str, row: dict[str, Any], agreement: str, reason: str) -> None:
    """The first rung that holds decides, and says why."""
    flows = compared([row])
    assert Agreement(flows.agreement[0]).word == agreement
    assert REASONS[flows.agreement_reason[0]] == reason


def test_every_reason_is_reached() -> None:
    """No rung is dead: together with the two below, the cases give every reason there is."""
    flows = compared([case[1] for case in CASES])
    elsewhere = {
        "the payload is not recognised, and looks encrypted or compressed",
        "the two directions show different protocols",
    }
    assert {REASONS[reason] for reason in flows.agreement_reason} | elsewhere == set(REASONS)
    assert set(flows.agreement.tolist()) == set(Agreement)


def test_payload_that_looks_random_says_so() -> None:
    """It is not observed either way, but the reader learns why."""
    flows = compared([flow(port=443), flow(port=7214)], random=[True, True])
    assert REASONS[flows.agreement_reason[0]] == "the payload is not recognised, and looks encrypted or compressed"
    assert Agreement(flows.agreement[1]) is Agreement.UNASSIGNED_USE


def test_directions_that_contradict_each_other_decide_nothing() -> None:
    """Neither a match of one side nor a difference of the other is told as the flow's."""
    flows = compared([flow(port=443, **saw("ssh"))], contradicts=[True])
    assert Agreement(flows.agreement[0]) is Agreement.NOT_OBSERVED
    assert REASONS[flows.agreement_reason[0]] == "the two directions show different protocols"


def test_unknown_ports_are_those_that_are_not_assigned_and_not_explained() -> None:
    """Whatever the outcome; a port that another flow announced is not unknown."""
    flows = compared(
        [
            flow(port=443),
            flow(port=7214),
            flow(port=7214, outcome=Outcome.REFUSED),
            flow(port=8077),
            flow(port=60000),
            flow(port=60000, related_to=0),
            flow(proto=ICMP),
        ]
    )
    assert flows.unknown_port.tolist() == [False, True, True, True, True, False, False]


def test_an_observation_never_changes_the_assignment() -> None:
    """The three facts stay apart: status and entry are the registry's, whatever was seen."""
    seen, unseen = compared([flow(port=443, **saw("ssh"))]), compared([flow(port=443)])
    assert seen.responder_status.tolist() == unseen.responder_status.tolist()
    assert seen.responder_entry.tolist() == unseen.responder_entry.tolist()
    assert seen.observed.tolist() == [NAMES.index("ssh")]


@pytest.mark.parametrize(
    ("observed", "tied", "expected"),
    [
        ("tls", {"tls"}, True),
        ("smtp+tls", {"smtp"}, True),
        ("smtp+tls", {"tls"}, False),
        ("smtp", {"smtp+tls"}, False),
        ("ssh", {"tls", "http"}, False),
        ("ssh", set(), False),
    ],
)
def test_an_upgrade_stands_for_what_it_began_as(observed: str, tied: set[str], expected: bool) -> None:
    """``smtp+tls`` is what ``smtp`` speaks after STARTTLS; it is not what a port of TLS speaks from the start."""
    assert speaks(observed, frozenset(tied)) == expected


def test_transports_are_looked_up_apart() -> None:
    """443/tcp and 443/udp are https; 12010 is assigned on tcp and reserved on udp."""
    flows = compared([flow(port=12010, proto=TCP), flow(port=12010, proto=UDP)])
    assert flows.unknown_port.tolist() == [False, True]
