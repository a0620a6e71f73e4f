"""Flows summed up by port: the services table, and the columns that every table of ports shares."""

from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.model import Agreement, Outcome, RangeClass, Status
from annotator.registry import protocol_keyword
from annotator.report.assignment import Assignment
from annotator.report.columns import SERVICE, Column, beside_responder
from annotator.report.facts import Facts, Integers
from annotator.report.group import Groups, group_by, ragged
from annotator.report.records import Make, Records
from annotator.report.text import iso_times
from annotator.report.wireshark import port_filter

_AGREEMENTS: Final = Agreement.words()
_OUTCOMES: Final = Outcome.words()
_RANGE_CLASSES: Final = RangeClass.words()
_STATUSES: Final = Status.words()


BESIDE_LISTED: Final = 20
"""Names, or places, that a service row lists."""


class PortGroups:
    """Some of the flows, grouped by transport and responder's port, and by what else is asked for.

    Arrays have shape (g,), one element a group, in the order of the keys.
    """

    def __init__(self, facts: Facts, rows: NDArray[np.intp], *keys: Integers) -> None:
        """Group the flows at the indices `rows`; `keys`, (n,) of all flows, come before transport and port."""
        flows = facts.flows
        self.facts = facts
        self.rows = rows
        """Indices of the flows that are grouped."""
        self.groups: Groups = group_by(*(key[rows] for key in keys), flows.proto[rows], facts.port_key[rows])
        self.row = rows[self.groups.first()]
        """One flow of each group: for what all its flows share."""

    def __len__(self) -> int:
        return len(self.groups)

    @cached_property
    def flows(self) -> Integers:
        """Flows of each group."""
        return self.groups.size()

    @cached_property
    def packets(self) -> Integers:
        """Packets of both directions."""
        return self.groups.sum(self.facts.packets[self.rows])

    @cached_property
    def bytes(self) -> Integers:
        """IP octets of both directions."""
        return self.groups.sum(self.facts.bytes[self.rows])

    @cached_property
    def initiators(self) -> Integers:
        """Different addresses that opened flows."""
        return self.groups.distinct(self.facts.addresses.initiator[self.rows])

    @cached_property
    def responders(self) -> Integers:
        """Different addresses that were asked."""
        return self.groups.distinct(self.facts.addresses.responder[self.rows])

    @cached_property
    def _first_ns(self) -> Integers:
        return self.groups.earliest(self.facts.flows.first_ns[self.rows])

    @cached_property
    def _last_ns(self) -> Integers:
        return self.groups.latest(self.facts.flows.last_ns[self.rows])

    @cached_property
    def _agreement(self) -> Integers:
        return self.groups.tally(self.facts.flows.agreement[self.rows], len(Agreement))

    @cached_property
    def _outcome(self) -> Integers:
        return self.groups.tally(self.facts.flows.outcome[self.rows], len(Outcome))

    @cached_property
    def _observed(self) -> tuple[Integers, Integers, Integers]:
        """The observations of all groups, how often each was made, and where each group's start, (g + 1,)."""
        return self.groups.ranked(self.facts.observed[self.rows])

    def _shown(self, groups: Integers) -> list[dict[str, int]]:
        """Count the flows of some groups by the protocol that their payload shows, the most frequent first."""
        codes, counts, starts = self._observed
        words = self.facts.observations
        return [
            {words[code]: count for code, count in zip(shown, often, strict=True) if code}
            for shown, often in zip(ragged(codes, starts, groups), ragged(counts, starts, groups), strict=True)
        ]

    @cached_property
    def _site(self) -> tuple[Integers, Integers, Integers]:
        """What the overlay says of all groups, how often, and where each group's start; 0 is nothing."""
        return self.groups.ranked(self.facts.flows.site[self.rows].astype(np.int64) + 1)

    def _sites(self, groups: Integers) -> list[str | None]:
        """Give the words of the overlay for some groups, those of the most flows where they differ."""
        words = self.facts.site_words
        if len(words) == 1:
            return [None] * len(groups)
        codes, _, starts = self._site
        return [next((words[code] for code in said if code), None) for said in ragged(codes, starts, groups)]

    def values(self, groups: Integers) -> dict[str, list[Any]]:
        """Make the rows of some groups, with the columns of :data:`annotator.report.columns.SERVICE`."""
        flows, rows = self.facts.flows, self.row[groups]
        assignments = self.assignments(groups)
        ports = self.ports(groups)
        return {
            "transport": [transport for transport, _, _ in ports],
            "port": [port for _, _, port in ports],
            "range_class": [_RANGE_CLASSES[code] for code in self.facts.range_class[rows].tolist()],
            "status": [_STATUSES[code] for code in flows.responder_status[rows].tolist()],
            "status_detail": [assignment.status_detail or None for assignment in assignments],
            "service": [assignment.service or None for assignment in assignments],
            "service_names": [list(assignment.service_names) for assignment in assignments],
            "site": self._sites(groups),
            "observed": self._shown(groups),
            "agreement": _tallies(self._agreement[groups], _AGREEMENTS),
            "outcome": _tallies(self._outcome[groups], _OUTCOMES),
            "flows": self.flows[groups].tolist(),
            "initiators": self.initiators[groups].tolist(),
            "responders": self.responders[groups].tolist(),
            "packets": self.packets[groups].tolist(),
            "bytes": self.bytes[groups].tolist(),
            "first_seen": [text.decode() or None for text in iso_times(self._first_ns[groups]).tolist()],
            "last_seen": [text.decode() or None for text in iso_times(self._last_ns[groups]).tolist()],
            "wireshark_filter": self.wireshark_filters(groups),
            **self.beside(groups),
        }

    def assignments(self, groups: Integers) -> list[Assignment]:
        """Give what the registry says of the ports of some groups."""
        known = self.facts.assignments
        return [known[entry] for entry in self.facts.flows.responder_entry[self.row[groups]].tolist()]

    @cached_property
    def _beside(self) -> dict[str, tuple[list[str], tuple[Integers, Integers, Integers]]]:
        """The words of each column of the responder that was asked for besides, and the groups' codes of it."""
        return {
            name: (words, self.groups.ranked(codes[self.rows]))
            for name, (words, codes) in self.facts.beside.items()
            if name.startswith("responder_")
        }

    def _said_beside(self, groups: Integers) -> dict[str, list[list[str]]]:
        """Give what such columns say of some groups, what most flows say first."""
        return {
            name: [[words[code] for code in said if code] for said in ragged(codes, starts, groups)]
            for name, (words, (codes, _, starts)) in self._beside.items()
        }

    def beside(self, groups: Integers) -> dict[str, list[Any]]:
        """Give the columns that were asked for besides: of a service, which has many responders, lists."""
        return {name: [one[:BESIDE_LISTED] for one in said] for name, said in self._said_beside(groups).items()}

    def wireshark_filters(self, groups: Integers) -> list[str]:
        """Give display filters that show the packets of some groups, one each."""
        return [port_filter(*port) for port in self.ports(groups)]

    def ports(self, groups: Integers) -> list[tuple[str, int, int | None]]:
        """Give the transport, IP protocol number, and port of some groups."""
        rows = self.row[groups]
        protocols = self.facts.flows.proto[rows].tolist()
        keywords = {protocol: protocol_keyword(protocol) for protocol in set(protocols)}
        numbers, has = self.facts.flows.responder_port[rows].tolist(), self.facts.has_port[rows].tolist()
        return [
            (keywords[protocol], protocol, number if ported else None)
            for protocol, number, ported in zip(protocols, numbers, has, strict=True)
        ]


def _tallies(counts: Integers, words: list[str]) -> list[dict[str, int]]:
    """Name the counts of some groups, (k, kinds); what was not counted once is left out."""
    named: list[dict[str, int]] = [{} for _ in range(len(counts))]
    rows, kinds = np.nonzero(counts)  # most are 0: few codes occur in a group
    for row, kind, number in zip(rows.tolist(), kinds.tolist(), counts[rows, kinds].tolist(), strict=True):
        named[row][words[kind]] = number
    return named


class Services(Records):
    """The services table, the most bytes first."""

    def __init__(self, make: Make, *, ports: int, answered: int, beside: tuple[Column, ...] = ()) -> None:
        """Have `ports` rows, which `make` makes."""
        super().__init__((*SERVICE, *beside), ports, make)
        self.answered = answered
        """On how many of them some flow was not refused, prohibited or left without an answer."""


def services(facts: Facts) -> Services:
    """Sum up all flows by (transport, responder's port)."""
    ports = PortGroups(facts, np.arange(len(facts.flows)))
    order = np.lexsort((-ports.flows, -ports.bytes))
    answered = ports.groups.sum(~facts.unanswered) > 0
    return Services(
        lambda places: ports.values(order[places]),
        ports=len(ports),
        answered=int(np.count_nonzero(answered)),
        beside=beside_responder(list(facts.beside), listed=True),
    )
