"""The next step for a finding, as tables."""

from typing import Any

import pytest

from annotator.report.next_step import next_step, next_step_of_disagreement

PLAIN: dict[str, Any] = {
    "severity": "medium",
    "only_scanned": False,
    "answered": 3,
    "unauthorized_use": None,
    "likely_ephemeral": False,
    "responder_scope": "local",
    "observed": {"ssh": 3},
    "observed_grade": "confirmed",
    "inbound_peers": 0,
    "status": "unassigned",
}

STEPS: list[tuple[dict[str, Any], str]] = [
    # what is different from a confirmed service inside, words of the step
    ({}, "if ssh belongs there, name it in a site file"),
    ({"severity": "info", "answered": 0, "only_scanned": True}, "the one who scans"),
    ({"severity": "info", "answered": 0}, "firewall's log"),
    ({"severity": "low", "answered": 0}, "capture closer to the responder"),
    ({"unauthorized_use": "Known Trojan"}, "reported to IANA"),
    ({"unauthorized_use": "Known Trojan", "answered": 0}, "capture closer"),
    ({"only_scanned": True}, "a scanner found it open"),
    ({"likely_ephemeral": True}, "earlier capture"),
    ({"responder_scope": "remote"}, "ask the local peers"),
    ({"observed": {}, "observed_grade": "not_observed"}, "--deep"),
    ({"observed_grade": "speculative"}, "ssh is a guess"),
    ({"inbound_peers": 1}, "why ssh is open to the outside"),
    ({"status": "dynamic"}, "after a restart"),
    ({"status": "dynamic", "inbound_peers": 1}, "open to the outside"),
]


@pytest.mark.parametrize(("row", "words"), STEPS)
def test_unknown_port_ladder(row: dict[str, Any], words: str) -> None:
    """The first rung that holds decides; each names something that can be done."""
    assert words in next_step(PLAIN | row)


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({}, "meant for ssh?"),
    ({"observed_grade": "speculative"}, "a guess"),
    ({"responder_scope": "remote"}, "is a rule evaded?"),
    ({"inbound_peers": 2}, "open to the outside"),
]


@pytest.mark.parametrize(("row", "words"), CONTRADICTIONS)
def test_disagreement_ladder(row: dict[str, Any], words: str) -> None:
    """Likewise for a payload that contradicts the assignment."""
    assert words in next_step_of_disagreement(PLAIN | row)
