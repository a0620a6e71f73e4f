"""Findings about single endpoints: unknown ports, and payloads that contradict the assignment."""

from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.distinct import distinct
from annotator.model import Agreement, Grade, Scope
from annotator.report.columns import DISAGREEMENT, UNKNOWN, Column, beside_responder
from annotator.report.facts import Facts, Integers
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
from annotator.report.group import ragged
from annotator.report.next_step import next_step, next_step_of_disagreement, steps
from annotator.report.ports import PortGroups
from annotator.report.records import Make, Records, Values
from annotator.report.scans import Scans
from annotator.report.wireshark import endpoint_filter
from annotator.ties import tied_protocols

PEERS_LISTED: Final = 20
"""Peers named in a row; how many there are in truth stands beside them."""

_SCOPES: Final = Scope.words()
_GRADES: Final = Grade.words()


class Endpoints(PortGroups):
    """Some of the flows, grouped by (responder, transport, port)."""

    def __init__(self, facts: Facts, rows: NDArray[np.intp], *keys: Integers) -> None:
        """Group the flows at the indices `rows`, by `keys`, (n,) of all flows, too."""
        super().__init__(facts, rows, *keys, facts.addresses.responder)

    @cached_property
    def _peers(self) -> tuple[Integers, Integers]:
        """Give the initiators' codes of all groups, each group's most frequent first, and where each starts."""
        codes, _, starts = self.groups.ranked(self.facts.addresses.initiator[self.rows])
        return codes, starts

    @cached_property
    def _evidence(self) -> Integers:
        """The flow of each group whose observation is surest, one with a label if there is one."""
        return self.rows[self.groups.best(self.facts.certainty[self.rows])].astype(np.int64)

    @cached_property
    def inbound_peers(self) -> Integers:
        """Different remote initiators of each local responder."""
        return self.groups.distinct(self.facts.addresses.initiator[self.rows], among=self.facts.inbound[self.rows])

    def beside(self, groups: Integers) -> dict[str, list[Any]]:
        """Give the columns that were asked for besides: what most flows say."""
        return {name: [next(iter(one), None) for one in said] for name, said in self._said_beside(groups).items()}

    @property
    def beside_columns(self) -> tuple[Column, ...]:
        """Which these are."""
        return beside_responder(list(self.facts.beside), listed=False)

    @cached_property
    def handshakes(self) -> Integers:
        """Flows whose handshake was completed."""
        return self.groups.sum(self.facts.shaken[self.rows])

    def wireshark_filters(self, groups: Integers) -> list[str]:
        """Give display filters that show the packets of some endpoints, one each."""
        ends = zip(self._responders(groups), self.ports(groups), strict=True)
        return [endpoint_filter(address, *port) for address, port in ends]

    def _responders(self, groups: Integers) -> list[str]:
        text, codes = self.facts.addresses.text, self.facts.addresses.responder[self.row[groups]]
        return [text(code) for code in codes.tolist()]

    def values(self, groups: Integers) -> dict[str, list[Any]]:
        """Make the columns that all rows on single endpoints have."""
        facts, flows = self.facts, self.facts.flows
        text = facts.addresses.text
        codes, starts = self._peers
        evidence = self._evidence[groups]
        return {
            **super().values(groups),
            "responder_addr": self._responders(groups),
            "peers": [[text(code) for code in peers] for peers in ragged(codes, starts, groups, PEERS_LISTED)],
            "peer_count": self.initiators[groups].tolist(),
            "inbound_peers": self.inbound_peers[groups].tolist(),
            "handshakes": self.handshakes[groups].tolist(),
            "observed_grade": [_GRADES[code] for code in flows.observed_grade[evidence].tolist()],
            "observed_basis": [facts.basis(number) or None for number in flows.observed_basis[evidence].tolist()],
            "observed_label": [label or None for label in facts.labels(evidence)],
            "responder_scope": [_SCOPES[code] for code in flows.responder_scope[self.row[groups]].tolist()],
        }


def disagreements(facts: Facts) -> Records:
    """Sum up the flows whose payload contradicts the assignment, the gravest, then the most bytes first."""
    differing = np.flatnonzero(facts.flows.agreement == Agreement.DIFFERS)
    ends = Endpoints(facts, differing, facts.observed)
    severity = judge_contradiction(
        ends.groups.sum(facts.inbound[differing]),
        ends.groups.sum(facts.outbound[differing]),
        ends.groups.sum(facts.internal[differing]),
        _unauthorized(facts, ends),
    )
    rank = np.array([int(level) for level, _ in CONTRADICTION_RUNGS])[severity]
    order = np.lexsort((-ends.flows, -ends.bytes, rank))
    rung_words = [(level.word, reason) for level, reason in CONTRADICTION_RUNGS]

    def make(places: Integers) -> Values:
        groups = order[places]
        rungs = [rung_words[rung] for rung in severity[groups].tolist()]
        values = ends.values(groups) | {
            "unauthorized_use": [assignment.unauthorized_use or None for assignment in ends.assignments(groups)],
            "severity": [word for word, _ in rungs],
            "severity_reason": [reason for _, reason in rungs],
        }
        values["expected"] = [sorted(tied_protocols(tuple(names))) for names in values["service_names"]]
        values["next_step"] = steps(values, next_step_of_disagreement)
        return values

    return Records((*DISAGREEMENT, *ends.beside_columns), len(ends), make)


class UnknownPorts(Records):
    """The unknown-port endpoints, ranked: those that are in use come first."""

    def __init__(
        self,
        make: Make,
        *,
        endpoints: int,
        in_use: int,
        answered: int,
        octets: int,
        beside: tuple[Column, ...] = (),
    ) -> None:
        """Have `endpoints` rows, which `make` makes."""
        super().__init__((*UNKNOWN, *beside), endpoints, make)
        self.in_use = in_use
        """How many answered, or were at least sent payload; the others are of severity `info`."""
        self.answered = answered
        """How many answered."""
        self.bytes = octets
        """IP octets of them all."""


def unknown_ports(facts: Facts, scans: Scans) -> UnknownPorts:
    """Sum up unknown-port traffic by endpoint, ranked: the gravest, then the inbound, then the most bytes first."""
    rows = np.flatnonzero(facts.flows.unknown_port)
    ends = Endpoints(facts, rows)
    groups = ends.groups
    answered = groups.sum(facts.answered[rows])
    only_scanned = groups.sum(scans.flow[rows]) == ends.flows
    judged = EndpointFacts(
        port=facts.flows.responder_port[ends.row].astype(np.int64),
        status=facts.flows.responder_status[ends.row],
        peers=ends.initiators,
        best_basis=least(facts.flows.direction_basis[rows], ends),
        answered=answered,
        inbound_answered=groups.sum((facts.answered & facts.inbound)[rows]),
        outbound_answered=groups.sum((facts.answered & facts.outbound)[rows]),
        internal_answered=groups.sum((facts.answered & facts.internal)[rows]),
        carried=groups.sum(facts.carried[rows]),
        only_scanned=only_scanned,
        unauthorized=_unauthorized(facts, ends),
    )
    ephemeral = judge_ephemeral(judged)
    likely = np.array([yes for yes, _ in EPHEMERAL_RUNGS], np.bool_)[ephemeral]
    severity = judge_severity(judged, likely)
    rank = np.array([int(level) for level, _ in SEVERITY_RUNGS])[severity]
    order = np.lexsort((-ends.flows, -ends.bytes, judged.inbound_answered == 0, rank))
    rung_words = [(level.word, reason) for level, reason in SEVERITY_RUNGS]

    def make(places: Integers) -> Values:
        chosen = order[places]
        rungs = [rung_words[rung] for rung in severity[chosen].tolist()]
        ephemerals = [EPHEMERAL_RUNGS[rung] for rung in ephemeral[chosen].tolist()]
        assignments = ends.assignments(chosen)
        values = ends.values(chosen) | {
            "port_range": [assignment.port_range or None for assignment in assignments],
            "assigned_elsewhere": _elsewhere(facts, ends.row[chosen]),
            "answered": answered[chosen].tolist(),
            "unauthorized_use": [assignment.unauthorized_use or None for assignment in assignments],
            "only_scanned": only_scanned[chosen].tolist(),
            "likely_ephemeral": [is_ephemeral for is_ephemeral, _ in ephemerals],
            "likely_ephemeral_reason": [why for _, why in ephemerals],
            "severity": [word for word, _ in rungs],
            "severity_reason": [reason for _, reason in rungs],
        }
        values["next_step"] = steps(values, next_step)
        return values

    silent = int(np.count_nonzero(rank == Severity.INFO))
    return UnknownPorts(
        make,
        endpoints=len(ends),
        in_use=len(ends) - silent,
        answered=int(np.count_nonzero(answered)),
        octets=int(ends.bytes.sum()),
        beside=ends.beside_columns,
    )


def _elsewhere(facts: Facts, rows: Integers) -> list[list[str]]:
    """Name what the port numbers of some flows are assigned to on other transports than their own."""
    registry, flows = facts.analysis.registry, facts.flows
    known: dict[tuple[int, int], list[str]] = {}
    found = []
    for pair in zip(flows.responder_port[rows].tolist(), flows.responder_entry[rows].tolist(), strict=True):
        if pair not in known:
            port, entry = pair
            transports = registry.entries[entry].assigned_on if entry >= 0 else ()
            places = [(int(registry.table(transport).entry[port]), transport) for transport in transports]
            known[pair] = [f"{facts.assignments[place].service}/{transport}" for place, transport in places]
        found.append(list(known[pair]))
    return found


def least(codes: NDArray[np.uint8], ends: Endpoints) -> NDArray[np.uint8]:
    """Give the least code of each group, (g,)."""
    if not len(ends):
        return np.empty(0, np.uint8)
    return np.minimum.reduceat(codes[ends.groups.order], ends.groups.starts)


def _unauthorized(facts: Facts, ends: Endpoints) -> NDArray[np.bool_]:
    """Say of each group whether unauthorised use of its port is reported, (g,)."""
    entries, of_group = distinct(facts.flows.responder_entry[ends.row])
    known = facts.analysis.registry.entries
    reported = [entry >= 0 and known.is_use_reported(entry) for entry in entries.tolist()]
    return np.array(reported, np.bool_)[of_group]
