"""Flows summed up by port: the services table, and the columns that every table of ports shares."""

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.model import Agreement, Outcome, RangeClass, Status
from annotator.registry import protocol_keyword
from annotator.report.columns import SERVICE, Column, beside_responder
from annotator.report.facts import Facts, Integers
from annotator.report.group import Groups, group_by
from annotator.report.records import Record, Records
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
    def _first_seen(self) -> NDArray[np.bytes_]:
        return iso_times(self.groups.earliest(self.facts.flows.first_ns[self.rows]))

    @cached_property
    def _last_seen(self) -> NDArray[np.bytes_]:
        return iso_times(self.groups.latest(self.facts.flows.last_ns[self.rows]))

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

    def observed(self, group: int) -> dict[str, int]:
        """Count the flows of one group by the protocol that their payload shows, the most frequent first."""
        codes, counts, starts = self._observed
        part = slice(starts[group], starts[group + 1])
        words = self.facts.observations
        return {words[code]: n for code, n in zip(codes[part].tolist(), counts[part].tolist(), strict=True) if code}

    @cached_property
    def _site(self) -> tuple[Integers, Integers, Integers]:
        """What the overlay says of all groups, how often, and where each group's start; 0 is nothing."""
        return self.groups.ranked(self.facts.flows.site[self.rows].astype(np.int64) + 1)

    def site(self, group: int) -> str | None:
        """Give the words of the overlay for one group, those of the most flows where they differ."""
        codes, _, starts = self._site
        said = [code for code in codes[starts[group] : starts[group + 1]].tolist() if code]
        return self.facts.site_words[said[0]] if said else None

    def record(self, group: int) -> Record:
        """Make the row of one group, with the columns of :data:`annotator.report.columns.SERVICE`."""
        flows, row = self.facts.flows, self.row[group]
        assignment = self.facts.assignments[int(flows.responder_entry[row])]
        transport, _, port = self._port_of(group)
        return {
            "transport": transport,
            "port": port,
            "range_class": _RANGE_CLASSES[self.facts.range_class[row]],
            "status": _STATUSES[flows.responder_status[row]],
            "status_detail": assignment.status_detail or None,
            "service": assignment.service or None,
            "service_names": list(assignment.service_names),
            "site": self.site(group),
            "observed": self.observed(group),
            "agreement": _tally(self._agreement[group], _AGREEMENTS),
            "outcome": _tally(self._outcome[group], _OUTCOMES),
            "flows": int(self.flows[group]),
            "initiators": int(self.initiators[group]),
            "responders": int(self.responders[group]),
            "packets": int(self.packets[group]),
            "bytes": int(self.bytes[group]),
            "first_seen": self._first_seen[group].decode() or None,
            "last_seen": self._last_seen[group].decode() or None,
            "wireshark_filter": self.wireshark_filter(group),
            **self.beside(group),
        }

    @cached_property
    def _beside(self) -> dict[str, tuple[list[str], tuple[Integers, Integers, Integers]]]:
        """The words of each column of the responder that was asked for besides, and the groups' codes of it."""
        return {
            name: (words, self.groups.ranked(codes[self.rows]))
            for name, (words, codes) in self.facts.beside.items()
            if name.startswith("responder_")
        }

    def _said_beside(self, group: int) -> dict[str, list[str]]:
        """Give what such columns say of one group, what most flows say first."""
        return {
            name: [words[code] for code in codes[starts[group] : starts[group + 1]].tolist() if code]
            for name, (words, (codes, _, starts)) in self._beside.items()
        }

    def beside(self, group: int) -> Record:
        """Give the columns that were asked for besides: of a service, which has many responders, lists."""
        return {name: said[:BESIDE_LISTED] for name, said in self._said_beside(group).items()}

    def wireshark_filter(self, group: int) -> str:
        """Give a display filter that shows the packets of one group."""
        return port_filter(*self._port_of(group))

    def _port_of(self, group: int) -> tuple[str, int, int | None]:
        """Give a group's transport, IP protocol number, and port."""
        row = self.row[group]
        protocol = int(self.facts.flows.proto[row])
        port = int(self.facts.flows.responder_port[row]) if self.facts.has_port[row] else None
        return protocol_keyword(protocol), protocol, port


def _tally(counts: Integers, words: list[str]) -> dict[str, int]:
    """Name the counts; what was not counted once is left out."""
    return {word: number for word, number in zip(words, counts.tolist(), strict=True) if number}


class Services(Records):
    """The services table, the most bytes first."""

    def __init__(
        self, make: Callable[[int], Record], *, ports: int, answered: int, beside: tuple[Column, ...] = ()
    ) -> None:
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
        lambda place: ports.record(int(order[place])),
        ports=len(ports),
        answered=int(np.count_nonzero(answered)),
        beside=beside_responder(list(facts.beside), listed=True),
    )
