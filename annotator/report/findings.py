"""How a finding is judged: ladders, each rung with the words that go into the report.

A ladder is tried from the top; the first rung whose condition holds decides.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from annotator.model import EPHEMERAL_START, FAN_IN_PEERS, DirectionBasis, Status

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rungs = NDArray[np.intp]


class Severity(IntEnum):
    """How much a finding matters, the gravest first."""

    HIGH = 0
    MEDIUM = 1
    LOW = 2
    INFO = 3

    @property
    def word(self) -> str:
        """The public spelling."""
        return self.name.lower()


CONTRADICTION_RUNGS: Final = (
    (Severity.HIGH, "gives peers from outside another protocol than the port is assigned to"),
    (Severity.HIGH, "not the assigned protocol, and unauthorised use of this port is reported to IANA"),
    (Severity.MEDIUM, "a remote host gives local ones another protocol than the port is assigned to"),
    (Severity.MEDIUM, "gives peers inside another protocol than the port is assigned to"),
    (Severity.MEDIUM, "not the assigned protocol; neither end is local (see --local)"),
)
"""(severity, why), in the order in which :func:`judge_contradiction` tries them."""


def judge_contradiction(inbound: Integers, outbound: Integers, internal: Integers, unauthorized: Flags) -> Rungs:
    """Give the rung of :data:`CONTRADICTION_RUNGS` that decides for each endpoint, (g,).

    Arguments have shape (g,): its flows from remote to local, from local to remote and between local ends, and whether
    unauthorised use of its port is reported to IANA. A payload was seen in each of them: somebody answers.
    """
    rungs = [inbound > 0, unauthorized, outbound > 0, internal > 0]
    return np.select(rungs, list(range(len(rungs))), len(rungs)).astype(np.intp)


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """What the ladders look at: arrays of shape (g,), one element a (responder, transport, port)."""

    port: Integers
    status: NDArray[np.uint8]
    """:class:`annotator.model.Status`."""
    peers: Integers
    """Different initiators."""
    best_basis: NDArray[np.uint8]
    """The best :class:`annotator.model.DirectionBasis` of its flows."""
    answered: Integers
    """Flows that were answered."""
    inbound_answered: Integers
    """Of these, the ones opened by somebody remote to a local responder."""
    outbound_answered: Integers
    """Of these, the ones opened by somebody local to a remote responder."""
    internal_answered: Integers
    """Of these, the ones between local ends."""
    carried: Integers
    """Flows that carried payload, answered or not."""
    only_scanned: Flags
    unauthorized: Flags
    """Whether unauthorised use of the port is reported to IANA."""


EPHEMERAL_RUNGS: Final = (
    (False, f"below {EPHEMERAL_START}, where systems do not pick ports for clients"),
    (False, "seen to listen: the direction is not a guess"),
    (False, f"{FAN_IN_PEERS} peers or more use it"),
    (True, f"from {EPHEMERAL_START} up, few peers, and only the first packet tells who serves"),
)
"""(likely ephemeral, why), in the order in which :func:`judge_ephemeral` tries them."""


class Listening(Protocol):
    """The part of :class:`EndpointFacts` that :func:`judge_ephemeral` looks at."""

    @property
    def port(self) -> Integers:
        """The responder's port."""

    @property
    def peers(self) -> Integers:
        """Different initiators."""

    @property
    def best_basis(self) -> NDArray[np.uint8]:
        """The best :class:`annotator.model.DirectionBasis`."""


def judge_ephemeral(facts: Listening) -> Rungs:
    """Give the rung of :data:`EPHEMERAL_RUNGS` that decides for each endpoint, (g,)."""
    return np.select(
        [
            facts.port < EPHEMERAL_START,
            facts.best_basis < DirectionBasis.REGISTRY,
            facts.peers >= FAN_IN_PEERS,
        ],
        [0, 1, 2],
        3,
    ).astype(np.intp)


SEVERITY_RUNGS: Final = (
    (Severity.INFO, "tried by a scan only, and nothing answered"),
    (Severity.INFO, "tried, and nothing answered"),
    (Severity.LOW, "payload was sent to it, and no answer was seen"),
    (Severity.HIGH, "answers, and unauthorised use of this port is reported to IANA"),
    (Severity.LOW, "answers, but the port is likely an ephemeral one"),
    (Severity.HIGH, "answers peers from outside"),
    (Severity.LOW, "answers on a dynamic port"),
    (Severity.MEDIUM, "a remote host that answers local ones"),
    (Severity.MEDIUM, "answers peers inside"),
    (Severity.MEDIUM, "answers; neither end is local (see --local)"),
)
"""(severity, why), in the order in which :func:`judge_severity` tries them."""


def judge_severity(facts: EndpointFacts, ephemeral: Flags) -> Rungs:
    """Give the rung of :data:`SEVERITY_RUNGS` that decides for each endpoint, (g,)."""
    silent = facts.answered == 0
    rungs = [
        silent & facts.only_scanned,
        silent & (facts.carried == 0),
        silent,
        facts.unauthorized,
        ephemeral,
        facts.inbound_answered > 0,
        facts.status == Status.DYNAMIC,
        facts.outbound_answered > 0,
        facts.internal_answered > 0,
    ]
    return np.select(rungs, list(range(len(rungs))), len(rungs)).astype(np.intp)
