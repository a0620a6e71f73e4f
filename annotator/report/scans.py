"""Scans told from services: many ports, or many hosts, tried by one address and mostly without an answer."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from annotator.registry import protocol_keyword
from annotator.report.columns import SCAN
from annotator.report.facts import Facts, Flags, Integers
from annotator.report.group import group_by
from annotator.report.records import Records, Values
from annotator.report.text import iso_times

MIN_TARGETS: Final = 15
"""Different ports of one host, or hosts on one port, that one address tries at least. Clients of real services
touch a handful; Zeek's scan detection starts at the same order of magnitude."""

MAX_ANSWERED: Final = 0.2
"""Share of the tried targets that answer at most: a scan meets closed doors."""


@dataclass(frozen=True, slots=True)
class Scans:
    """The scans of a capture."""

    flow: Flags
    """(n,) whether a flow is part of a scan."""
    records: Records
    """One row a (initiator, transport), most targets first."""


def _tries(facts: Facts, rows: np.ndarray, host: bool) -> Flags:
    """Say of each of `rows` whether its initiator tried many ports of one host (`host`), or one port of many."""
    initiator = facts.addresses.initiator[rows]
    responder = facts.addresses.responder[rows]
    proto, port = facts.flows.proto[rows], facts.port_key[rows]
    fixed, varied = (responder, port) if host else (port, responder)
    groups = group_by(initiator, proto, fixed)
    tried = groups.distinct(varied)
    answered = groups.distinct(varied, among=facts.answered[rows])
    unanswered = groups.sum(facts.unanswered[rows])
    scan = (tried >= MIN_TARGETS) & (answered <= MAX_ANSWERED * tried)
    # One-sided captures hide answers: only flows that were seen to fail make a scan.
    scan &= unanswered >= (1 - MAX_ANSWERED) * groups.size()
    return scan[groups.of_row]


def find_scans(facts: Facts) -> Scans:
    """Find the scans among all flows that have ports."""
    flow = np.zeros(len(facts.flows), np.bool_)
    failed = facts.has_port & facts.unanswered
    tries = np.bincount(facts.addresses.initiator[failed], minlength=len(facts.addresses))
    suspect = tries >= MIN_TARGETS * (1 - MAX_ANSWERED)  # most addresses are no scanners: look no further at them
    ported = np.flatnonzero(facts.has_port & suspect[facts.addresses.initiator])
    flow[ported] = _tries(facts, ported, host=True) | _tries(facts, ported, host=False)
    rows = np.flatnonzero(flow)
    return Scans(flow, _records(facts, rows))


def _records(facts: Facts, rows: np.ndarray) -> Records:
    flows = facts.flows
    responder, port = facts.addresses.responder[rows], facts.port_key[rows]
    groups = group_by(facts.addresses.initiator[rows], flows.proto[rows])
    target = group_by(responder, port).of_row
    tried = groups.distinct(target)
    answered = groups.distinct(target, among=facts.answered[rows])
    hosts, ports = groups.distinct(responder), groups.distinct(port)
    first, last = groups.earliest(flows.first_ns[rows]), groups.latest(flows.last_ns[rows])
    size = groups.size()
    order = np.argsort(-tried, kind="stable")

    foremost = rows[groups.first()]
    text = facts.addresses.text

    def make(places: Integers) -> Values:
        chosen = order[places]
        flow = foremost[chosen]
        one_host, one_port = (hosts[chosen] == 1).tolist(), (ports[chosen] == 1).tolist()
        responders = zip(facts.addresses.responder[flow].tolist(), one_host, strict=True)
        numbers = zip(flows.responder_port[flow].tolist(), one_port, strict=True)
        return {
            "initiator_addr": [text(code) for code in facts.addresses.initiator[flow].tolist()],
            "transport": [protocol_keyword(number) for number in flows.proto[flow].tolist()],
            "responder_addr": [text(code) if alone else None for code, alone in responders],
            "port": [number if alone else None for number, alone in numbers],
            "hosts": hosts[chosen].tolist(),
            "ports": ports[chosen].tolist(),
            "tried": tried[chosen].tolist(),
            "answered": answered[chosen].tolist(),
            "flows": size[chosen].tolist(),
            "first_seen": [time.decode() or None for time in iso_times(first[chosen]).tolist()],
            "last_seen": [time.decode() or None for time in iso_times(last[chosen]).tolist()],
        }

    return Records(SCAN, len(groups), make)
