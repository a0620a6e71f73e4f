"""Assignment and observation compared: what each flow's agreement is, and why.

The port says what the registry assigns; the payload says what runs. This module alone puts the two side by side.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.distinct import distinct
from annotator.ladder import first_rung
from annotator.model import NO_PORT, Agreement, Flows, Grade, Outcome, Status
from annotator.registry import PortEntry
from annotator.ties import tied_protocols

REASONS: Final = (
    "the flow has no ports",
    "nothing answered and no payload was sent",
    "the connection was refused",
    "a firewall prohibited it",
    "the responder's port is not assigned",
    "payload was seen, but nothing recognised it",
    "answered, but no payload was seen",
    "the payload is what the service is known to speak",
    "a signature fits what the service is known to speak",
    "the payload is none of what the service is known to speak",
    "a signature of another protocol, which is not enough to contradict",
    "it is not known what the service speaks",
    "the payload is not recognised, and looks encrypted or compressed",
    "the two directions show different protocols",
)
"""Texts of ``Flows.agreement_reason``."""
(
    NO_PORTS,
    SILENT,
    REFUSED,
    PROHIBITED,
    NOT_ASSIGNED,
    UNRECOGNISED,
    NO_PAYLOAD,
    FITS,
    SIGNATURE_FITS,
    NONE_OF_THEM,
    WEAK_OTHER,
    NOT_TIED,
    LOOKS_RANDOM,
    CONTRADICTORY,
) = range(len(REASONS))


def speaks(observed: str, tied: frozenset[str]) -> bool:
    """Say whether `observed` is one of the protocols `tied` to a service.

    An upgrade stands for both of its parts in order: ``smtp+tls`` is what ``smtp`` speaks after STARTTLS.
    """
    return observed in tied or observed.partition("+")[0] in tied


def _observed_verdicts(
    flows: Flows, entries: Sequence[PortEntry], names: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Compare each distinct (assignment, protocol) once: is the service tied at all, and does the protocol fit."""
    tied, fits = np.zeros(len(flows), np.bool_), np.zeros(len(flows), np.bool_)
    chosen = np.flatnonzero((flows.observed >= 0) & (flows.responder_entry >= 0))
    pairs = flows.responder_entry[chosen].astype(np.int64) * (len(names) + 1) + flows.observed[chosen]
    different, place = distinct(pairs)
    verdicts = np.zeros((2, len(different)), np.bool_)
    for k, pair in enumerate(different.tolist()):
        entry, observed = divmod(pair, len(names) + 1)
        protocols = tied_protocols(entries[entry].service_names)
        verdicts[0, k] = bool(protocols)
        verdicts[1, k] = speaks(names[observed], protocols)
    tied[chosen], fits[chosen] = verdicts[0, place], verdicts[1, place]
    return tied, fits


def compare(
    flows: Flows,
    entries: Sequence[PortEntry],
    names: Sequence[str],
    random: NDArray[np.bool_],
    contradicts: NDArray[np.bool_],
) -> None:
    """Fill ``agreement``, ``agreement_reason`` and ``unknown_port`` of `flows`: all else is filled already.

    `names` are the words of ``flows.observed``; `random` and `contradicts` say (bool[n]) whether unrecognised payload
    looks encrypted, and whether the directions disagree. The ladder, first rung that holds:

    1. no ports: `not_applicable`
    2. refused or prohibited, or nothing answered and no payload: `no_answer`
    3. the responder's port is not assigned: `unassigned_use`
    4. something was observed: `matches` where the service is tied to it; `not_comparable` where the service is tied to
       no protocol; `differs` where it is tied to others and the observation is confirmed, `not_observed` where that
       is a signature alone
    5. otherwise `not_observed`
    """
    answered = flows.responder_packets > 0
    payload = (flows.initiator_payload_bytes + flows.responder_payload_bytes) > 0
    not_assigned = flows.responder_status != Status.ASSIGNED
    has_port = flows.responder_port != NO_PORT
    observed = flows.observed >= 0
    confirmed = flows.observed_grade == Grade.CONFIRMED
    tied, fits = _observed_verdicts(flows, entries, names)
    ladder: tuple[tuple[NDArray[np.bool_], Agreement, int], ...] = (
        (~has_port, Agreement.NOT_APPLICABLE, NO_PORTS),
        (flows.outcome == Outcome.REFUSED, Agreement.NO_ANSWER, REFUSED),
        (flows.outcome == Outcome.PROHIBITED, Agreement.NO_ANSWER, PROHIBITED),
        (~answered & ~payload, Agreement.NO_ANSWER, SILENT),
        (not_assigned, Agreement.UNASSIGNED_USE, NOT_ASSIGNED),
        (observed & fits & confirmed, Agreement.MATCHES, FITS),
        (observed & fits, Agreement.MATCHES, SIGNATURE_FITS),
        (contradicts, Agreement.NOT_OBSERVED, CONTRADICTORY),
        (observed & ~tied, Agreement.NOT_COMPARABLE, NOT_TIED),
        (observed & confirmed, Agreement.DIFFERS, NONE_OF_THEM),
        (observed, Agreement.NOT_OBSERVED, WEAK_OTHER),
        (random, Agreement.NOT_OBSERVED, LOOKS_RANDOM),
        (payload, Agreement.NOT_OBSERVED, UNRECOGNISED),
    )
    rung = first_rung([condition for condition, _, _ in ladder])
    flows.agreement = np.array([*(agreement for _, agreement, _ in ladder), Agreement.NOT_OBSERVED], np.uint8)[rung]
    flows.agreement_reason = np.array([*(reason for _, _, reason in ladder), NO_PAYLOAD], np.uint8)[rung]
    flows.unknown_port = has_port & not_assigned & (flows.related_to < 0)
