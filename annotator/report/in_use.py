"""Endpoints in use: who offers what. Baselines, differences and rule candidates are made from this table."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.model import Grade
from annotator.report.columns import ENDPOINT
from annotator.report.endpoints import Endpoints, least
from annotator.report.facts import Facts, Integers
from annotator.report.findings import EPHEMERAL_RUNGS, judge_ephemeral
from annotator.report.group import ragged
from annotator.report.records import Records, Values


class _Listening(NamedTuple):
    """What tells a port that somebody listens on from one that was picked for the occasion; arrays of shape (g,)."""

    port: Integers
    peers: Integers
    best_basis: NDArray[np.uint8]
    """The best :class:`annotator.model.DirectionBasis` of the endpoint's flows."""


def endpoints_in_use(facts: Facts) -> Records:
    """Sum up flows by (responder, transport, port), in that order: addresses by number, IPv4 first.

    An endpoint is in use where some flow was not refused, prohibited or left without an answer. Flows that another
    one announced (FTP data, RTP) are left out: their ports are not theirs to keep.
    """
    ends = Endpoints(facts, np.flatnonzero(facts.has_port & (facts.flows.related_to < 0)))
    used = np.flatnonzero(ends.groups.sum(~facts.unanswered[ends.rows]) > 0)
    answered = ends.groups.sum(facts.answered[ends.rows])
    confirmed, _, starts = ends.groups.ranked(
        np.where(facts.flows.observed_grade == Grade.CONFIRMED, facts.observed, 0)[ends.rows]
    )
    ephemeral = judge_ephemeral(
        _Listening(
            facts.flows.responder_port[ends.row].astype(np.int64),
            ends.initiators,
            least(facts.flows.direction_basis[ends.rows], ends),
        )
    )

    words = facts.observations

    def make(places: Integers) -> Values:
        groups = used[places]
        return ends.values(groups) | {
            "answered": answered[groups].tolist(),
            "confirmed": [sorted(words[code] for code in shown if code) for shown in ragged(confirmed, starts, groups)],
            "likely_ephemeral": [EPHEMERAL_RUNGS[rung][0] for rung in ephemeral[groups].tolist()],
        }

    return Records((*ENDPOINT, *ends.beside_columns), len(used), make)
