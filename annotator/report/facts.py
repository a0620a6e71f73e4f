"""What the report's tables are made from: the flows with the few columns that all tables share, worked out once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from annotator.model import DCCP, NO_PORT, SCTP, TCP, Agreement, Analysis, Flows, Outcome, Scope
from annotator.registry import range_class
from annotator.report.addresses import Addresses, number_addresses
from annotator.report.assignment import Assignments
from annotator.report.sanitize import clean

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

SHAKING_HANDS = (TCP, SCTP, DCCP)
"""IP protocols that begin with a handshake."""

TCP_ACK = 16
"""The bit of the ACK flag (RFC 9293 section 3.1)."""

UNANSWERED = (Outcome.REFUSED, Outcome.PROHIBITED, Outcome.NO_ANSWER)
"""Outcomes of a flow that got no service."""


@dataclass(frozen=True)
class Facts:
    """An analysis, with columns of shape (n,) derived from its flows."""

    analysis: Analysis
    whole: "Facts | None" = None
    """Those of the whole, where these are of a part of its flows."""

    @property
    def flows(self) -> Flows:
        """The flows themselves."""
        return self.analysis.flows

    @cached_property
    def addresses(self) -> Addresses:
        """Both ends' addresses as codes."""
        return number_addresses(self.flows)

    @cached_property
    def assignments(self) -> Assignments:
        """The registry's words."""
        return Assignments(self.analysis)

    @cached_property
    def port_key(self) -> Integers:
        """The responder's port as a key for grouping: port + 1, 0 where there is none."""
        return self.flows.responder_port.astype(np.int64) + 1

    @cached_property
    def has_port(self) -> Flags:
        """Whether the responder has a port."""
        result: Flags = self.flows.responder_port != NO_PORT
        return result

    @cached_property
    def beside(self) -> dict[str, tuple[list[str], Integers]]:
        """Columns that were asked for besides: their words, harmless to show, and codes from 1; place 0 is nothing."""
        return {
            one.column: (["", *map(clean, one.words)], one.codes.astype(np.int64) + 1) for one in self.analysis.beside
        }

    @cached_property
    def site_words(self) -> list[str]:
        """The words of the site's overlay, by ``Flows.site`` + 1; the first is none."""
        return ["", *map(clean, self.analysis.site_words)]

    @cached_property
    def bytes(self) -> Integers:
        """IP octets of both directions."""
        return self.flows.initiator_bytes + self.flows.responder_bytes

    @cached_property
    def packets(self) -> Integers:
        """Packets of both directions."""
        return self.flows.initiator_packets + self.flows.responder_packets

    @cached_property
    def observations(self) -> list[str]:
        """The words that :attr:`observed` counts from 1; place 0 is nothing."""
        findings = self.analysis.findings
        return list(dict.fromkeys(["", *(findings.names if findings else [])]))

    @cached_property
    def observed(self) -> Integers:
        """Index into :attr:`observations` of the protocol that the payload shows, 0 where it shows none."""
        findings = self.analysis.findings
        place = {word: number for number, word in enumerate(self.observations)}
        numbers = np.array([*(place[word] for word in (findings.names if findings else [])), 0], np.int64)
        return numbers[self.flows.observed]  # -1, nothing, reads the last

    def labels(self, rows: Integers) -> list[str]:
        """Give the names that payload showed for some flows, harmless to show; ``""`` where there is none."""
        texts = [""] * len(rows)
        places = np.flatnonzero(self.labelled[rows])
        if len(places):
            for place, text in zip(places.tolist(), self.analysis.findings.texts(rows[places]), strict=True):
                texts[place] = clean(text)
        return texts

    @cached_property
    def labelled(self) -> Flags:
        """Whether payload showed a name."""
        findings = self.analysis.findings
        result: Flags = findings.label >= 0 if findings else np.zeros(len(self.flows), np.bool_)
        return result

    def basis(self, number: int) -> str:
        """Name the message that a number of ``Flows.observed_basis`` stands for; ``""`` for -1."""
        return str(self.analysis.findings.bases[number]) if number >= 0 else ""

    def announcers(self, rows: slice | Integers) -> tuple[NDArray[np.bytes_], Flags]:
        """Give the Community IDs of the flows that announced some, ``S30``, and which of them were announced."""
        from annotator.flow.community_id import community_ids

        related = self.flows.related_to[rows]
        announced = related >= 0
        names = np.zeros(len(related), "S30")
        names[announced] = community_ids((self.whole or self).flows, related[announced])
        return names, announced

    @cached_property
    def certainty(self) -> Integers:
        """How good a witness each flow is of what runs on its port: the surer, the higher; a label breaks ties."""
        return np.where(self.observed > 0, 2 * self.flows.observed_grade.astype(np.int64) + self.labelled, 0)

    @cached_property
    def unanswered(self) -> Flags:
        """Whether the responder refused, or said nothing where an answer would have been seen."""
        return np.isin(self.flows.outcome, UNANSWERED)

    @cached_property
    def answered(self) -> Flags:
        """Whether the responder sent something that is no refusal."""
        result: Flags = (self.flows.responder_packets > 0) & ~self.unanswered
        return result

    @cached_property
    def shaken(self) -> Flags:
        """Whether a handshake was completed: accepted, and in TCP acknowledged by the initiator too.

        A half-open scan is accepted and goes no further: it sends a reset that acknowledges nothing.
        """
        flows = self.flows
        acknowledged = (flows.proto != TCP) | ((flows.tcp_flags_initiator & TCP_ACK) != 0)
        result: Flags = (flows.outcome == Outcome.ESTABLISHED) & np.isin(flows.proto, SHAKING_HANDS) & acknowledged
        return result

    @cached_property
    def carried(self) -> Flags:
        """Whether payload flowed to a port that is not assigned, answered or not."""
        result: Flags = self.flows.agreement == Agreement.UNASSIGNED_USE
        return result

    @cached_property
    def inbound(self) -> Flags:
        """Whether somebody remote opened the flow to somebody local."""
        result: Flags = (self.flows.initiator_scope == Scope.REMOTE) & (self.flows.responder_scope == Scope.LOCAL)
        return result

    @cached_property
    def outbound(self) -> Flags:
        """Whether somebody local opened the flow to somebody remote."""
        result: Flags = (self.flows.initiator_scope == Scope.LOCAL) & (self.flows.responder_scope == Scope.REMOTE)
        return result

    @cached_property
    def internal(self) -> Flags:
        """Whether both ends are local."""
        result: Flags = (self.flows.initiator_scope == Scope.LOCAL) & (self.flows.responder_scope == Scope.LOCAL)
        return result

    @cached_property
    def range_class(self) -> NDArray[np.uint8]:
        """Codes of :class:`RangeClass` of the responder's port."""
        return range_class(self.flows.responder_port)
