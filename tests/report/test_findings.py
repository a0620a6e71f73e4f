"""The ladders that judge a finding, as tables."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from annotator.model import DirectionBasis, Status
from annotator.report.findings import (
    CONTRADICTION_RUNGS,
    EPHEMERAL_RUNGS,
    SEVERITY_RUNGS,
    EndpointFacts,
    Severity,
    judge_contradiction,
    judge_ephemeral,
    judge_severity,
)

PLAIN: dict[str, Any] = {
    "port": 7214,
    "status": Status.UNASSIGNED,
    "peers": 1,
    "best_basis": DirectionBasis.HANDSHAKE,
    "answered": 1,
    "inbound_answered": 0,
    "outbound_answered": 0,
    "internal_answered": 1,
    "carried": 1,
    "only_scanned": False,
    "unauthorized": False,
}


def facts(rows: list[dict[str, Any]]) -> EndpointFacts:
    return EndpointFacts(**{f.name: np.array([(PLAIN | row)[f.name] for row in rows]) for f in fields(EndpointFacts)})


GUESSED = DirectionBasis.FIRST_PACKET
SILENT = {"answered": 0, "internal_answered": 0}

SEVERITIES: list[tuple[dict[str, Any], bool, Severity, str]] = [
    # what is different from one answered flow inside, ephemeral?, severity, a word of the reason
    ({}, False, Severity.MEDIUM, "inside"),
    ({"inbound_answered": 1}, False, Severity.HIGH, "outside"),
    ({"inbound_answered": 1, "status": Status.DYNAMIC}, False, Severity.HIGH, "outside"),
    ({"inbound_answered": 1}, True, Severity.LOW, "ephemeral"),
    ({"status": Status.DYNAMIC}, False, Severity.LOW, "dynamic"),
    ({"status": Status.NOT_LISTED}, False, Severity.MEDIUM, "inside"),
    ({"status": Status.RESERVED, "unauthorized": True}, False, Severity.HIGH, "unauthorised"),
    ({"unauthorized": True, **SILENT}, False, Severity.LOW, "no answer"),
    ({"outbound_answered": 1, "internal_answered": 0}, False, Severity.MEDIUM, "remote"),
    ({"internal_answered": 0}, False, Severity.MEDIUM, "neither end is local"),
    ({"internal_answered": 0, "status": Status.DYNAMIC}, False, Severity.LOW, "dynamic"),
    ({**SILENT}, False, Severity.LOW, "no answer"),
    ({**SILENT, "carried": 0}, False, Severity.INFO, "nothing answered"),
    ({**SILENT, "carried": 0, "only_scanned": True}, False, Severity.INFO, "scan"),
    ({**SILENT, "only_scanned": True}, False, Severity.INFO, "scan"),
    ({"only_scanned": True, "inbound_answered": 1}, False, Severity.HIGH, "outside"),
]


@pytest.mark.parametrize(("row", "ephemeral", "severity", "word"), SEVERITIES)
def test_severity_ladder(row: dict[str, Any], ephemeral: bool, severity: Severity, word: str) -> None:
    """What answers outside matters most, what never answered least."""
    (rung,) = judge_severity(facts([row]), np.array([ephemeral]))
    assert SEVERITY_RUNGS[rung][0] is severity
    assert word in SEVERITY_RUNGS[rung][1]


def test_every_severity_rung_decides_some_case() -> None:
    """No rung is dead."""
    table = [(row, ephemeral) for row, ephemeral, _, _ in SEVERITIES]
    rungs = judge_severity(facts([row for row, _ in table]), np.array([ephemeral for _, ephemeral in table]))
    assert set(rungs.tolist()) == set(range(len(SEVERITY_RUNGS)))


EPHEMERALS: list[tuple[dict[str, Any], bool, str]] = [
    ({"port": 7214, "best_basis": GUESSED}, False, "below 32768"),
    ({"port": 32767, "best_basis": GUESSED}, False, "below 32768"),
    ({"port": 49731}, False, "seen to listen"),
    ({"port": 49731, "best_basis": DirectionBasis.MESSAGE}, False, "seen to listen"),
    ({"port": 49731, "best_basis": DirectionBasis.FAN_IN}, False, "seen to listen"),
    ({"port": 49731, "best_basis": GUESSED, "peers": 3}, False, "3 peers"),
    ({"port": 32768, "best_basis": GUESSED, "peers": 2}, True, "only the first packet"),
    ({"port": 65535, "best_basis": DirectionBasis.REGISTRY}, True, "only the first packet"),
]


@pytest.mark.parametrize(("row", "likely", "word"), EPHEMERALS)
def test_ephemeral_ladder(row: dict[str, Any], likely: bool, word: str) -> None:
    """A port is called ephemeral only where nothing showed that it serves."""
    (rung,) = judge_ephemeral(facts([row]))
    assert EPHEMERAL_RUNGS[rung][0] is likely
    assert word in EPHEMERAL_RUNGS[rung][1]


CONTRADICTIONS: list[tuple[tuple[int, int, int, bool], Severity, str]] = [
    # inbound, outbound, internal flows, unauthorised use reported
    ((1, 0, 1, False), Severity.HIGH, "outside"),
    ((0, 0, 1, True), Severity.HIGH, "unauthorised"),
    ((0, 1, 1, False), Severity.MEDIUM, "remote host"),
    ((0, 0, 1, False), Severity.MEDIUM, "inside"),
    ((0, 0, 0, False), Severity.MEDIUM, "neither end is local"),
]


def test_contradiction_ladder() -> None:
    """Each rung decides a case: what peers from outside get matters most."""
    inbound, outbound, internal, unauthorized = (
        np.array(part) for part in zip(*(case for case, _, _ in CONTRADICTIONS), strict=True)
    )
    rungs = judge_contradiction(inbound, outbound, internal, unauthorized)
    assert rungs.tolist() == list(range(len(CONTRADICTION_RUNGS)))
    for rung, (_, severity, word) in zip(rungs, CONTRADICTIONS, strict=True):
        assert CONTRADICTION_RUNGS[rung][0] is severity
        assert word in CONTRADICTION_RUNGS[rung][1]
