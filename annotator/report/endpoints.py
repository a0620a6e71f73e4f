"""Findings about single endpoints: unknown ports, and payloads that contradict the assignment."""

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

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
from annotator.report.group import group_by
from annotator.report.next_step import next_step, next_step_of_disagreement
from annotator.report.ports import PortGroups
from annotator.report.records import Record, Records
from annotator.report.scans import Scans
from annotator.report.wireshark import endpoint_filter
from annotator.ties import tied_protocols

PEERS_LISTED: Final = 20
"""Peers named in a row; how many there are in truth stands beside them."""

_SCOPES: Final = Scope.words()


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
        inbound = np.flatnonzero(self.facts.inbound[self.rows])
        pairs = group_by(self.groups.of_row[inbound], self.facts.addresses.initiator[self.rows[inbound]])
        return np.bincount(self.groups.of_row[inbound[pairs.first()]], minlength=len(self)).astype(np.int64)

    def beside(self, group: int) -> Record:
        """Give the columns that were asked for besides: what most flows say."""
        return {name: next(iter(said), None) for name, said in self._said_beside(group).items()}

    @property
    def beside_columns(self) -> tuple[Column, ...]:
        """Which these are."""
        return beside_responder(list(self.facts.beside), listed=False)

    @cached_property
    def handshakes(self) -> Integers:
        """Flows whose handshake was completed."""
        return self.groups.sum(self.facts.shaken[self.rows])

    def wireshark_filter(self, group: int) -> str:
        """Give a display filter that shows the packets of one endpoint."""
        address = self.facts.addresses.text(int(self.facts.addresses.responder[self.row[group]]))
        return endpoint_filter(address, *self._port_of(group))

    def record(self, group: int) -> Record:
        """Make the columns that all rows on single endpoints have."""
        addresses = self.facts.addresses
        codes, starts = self._peers
        evidence = self._evidence[group : group + 1]
        listed = codes[starts[group] : min(starts[group] + PEERS_LISTED, starts[group + 1])]
        return {
            "responder_addr": addresses.text(int(addresses.responder[self.row[group]])),
            **super().record(group),
            "peers": [addresses.text(code) for code in listed.tolist()],
            "peer_count": int(self.initiators[group]),
            "inbound_peers": int(self.inbound_peers[group]),
            "handshakes": int(self.handshakes[group]),
            "observed_grade": Grade(self.facts.flows.observed_grade[evidence[0]]).word,
            "observed_basis": self.facts.basis(int(self.facts.flows.observed_basis[evidence[0]])) or None,
            "observed_label": self.facts.labels(evidence)[0] or None,
            "responder_scope": _SCOPES[self.facts.flows.responder_scope[self.row[group]]],
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

    def record(place: int) -> Record:
        group = int(order[place])
        level, reason = CONTRADICTION_RUNGS[severity[group]]
        assignment = facts.assignments[int(facts.flows.responder_entry[ends.row[group]])]
        row = ends.record(group)
        row |= {
            "expected": sorted(tied_protocols(tuple(row["service_names"]))),
            "unauthorized_use": assignment.unauthorized_use or None,
            "severity": level.word,
            "severity_reason": reason,
        }
        return {**row, "next_step": next_step_of_disagreement(row)}

    return Records((*DISAGREEMENT, *ends.beside_columns), len(ends), in_order(record, ends))


def in_order(record: Callable[[int], Record], ends: Endpoints) -> Callable[[int], Record]:
    """Put what was asked for besides behind all other columns."""
    names = [column.name for column in ends.beside_columns]
    if not names:
        return record

    def ordered(place: int) -> Record:
        row = record(place)
        said = {name: row.pop(name) for name in names}
        return row | said

    return ordered


class UnknownPorts(Records):
    """The unknown-port endpoints, ranked: those that are in use come first."""

    def __init__(
        self,
        make: Callable[[int], Record],
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

    def record(place: int) -> Record:
        group = int(order[place])
        level, reason = SEVERITY_RUNGS[severity[group]]
        is_ephemeral, why = EPHEMERAL_RUNGS[ephemeral[group]]
        assignment = facts.assignments[int(facts.flows.responder_entry[ends.row[group]])]
        row = {
            **ends.record(group),
            "port_range": assignment.port_range or None,
            "assigned_elsewhere": _elsewhere(facts, int(ends.row[group])),
            "answered": int(answered[group]),
            "unauthorized_use": assignment.unauthorized_use or None,
            "only_scanned": bool(only_scanned[group]),
            "likely_ephemeral": is_ephemeral,
            "likely_ephemeral_reason": why,
            "severity": level.word,
            "severity_reason": reason,
        }
        return {**row, "next_step": next_step(row)}

    silent = int(np.count_nonzero(rank == Severity.INFO))
    return UnknownPorts(
        in_order(record, ends),
        endpoints=len(ends),
        in_use=len(ends) - silent,
        answered=int(np.count_nonzero(answered)),
        octets=int(ends.bytes.sum()),
        beside=ends.beside_columns,
    )


def _elsewhere(facts: Facts, row: int) -> list[str]:
    """Name what a flow's port number is assigned to on other transports than its own."""
    registry, port = facts.analysis.registry, int(facts.flows.responder_port[row])
    entry = int(facts.flows.responder_entry[row])
    found = []
    for transport in registry.entries[entry].assigned_on if entry >= 0 else ():
        place = int(registry.table(transport).entry[port])
        found.append(f"{facts.assignments[place].service}/{transport}")
    return found


def least(codes: NDArray[np.uint8], ends: Endpoints) -> NDArray[np.uint8]:
    """Give the least code of each group, (g,)."""
    if not len(ends):
        return np.empty(0, np.uint8)
    return np.minimum.reduceat(codes[ends.groups.order], ends.groups.starts)


def _unauthorized(facts: Facts, ends: Endpoints) -> NDArray[np.bool_]:
    """Say of each group whether unauthorised use of its port is reported, (g,)."""
    entries, of_group = np.unique(facts.flows.responder_entry[ends.row], return_inverse=True)
    reported = [bool(facts.assignments[int(entry)].unauthorized_use) for entry in entries]
    return np.array(reported, np.bool_)[of_group]
