"""Assignment and observation compared: what each flow's agreement is, and why.

The port says what the registry assigns; the payload says what runs. This module alone puts the two side by side.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.model import NO_PORT, Agreement, Flows, Outcome, Status

REASONS: Final = (
    "the flow has no ports",
    "nothing answered and no payload was sent",
    "the connection was refused",
    "a firewall prohibited it",
    "the responder's port is not assigned",
    "payload was seen, but nothing recognised it",
    "answered, but no payload was seen",
)
"""Texts of ``Flows.agreement_reason``."""
NO_PORTS, SILENT, REFUSED, PROHIBITED, NOT_ASSIGNED, UNRECOGNISED, NO_PAYLOAD = range(len(REASONS))


def compare(flows: Flows) -> None:
    """Fill ``agreement``, ``agreement_reason`` and ``unknown_port`` of `flows`, whose assignment is filled already.

    The ladder, first rung that holds:

    1. no ports: `not_applicable`
    2. refused or prohibited, or nothing answered and no payload: `no_answer`
    3. the responder's port is not assigned: `unassigned_use`
    4. otherwise `not_observed`
    """
    answered = flows.responder_packets > 0
    payload = (flows.initiator_payload_bytes + flows.responder_payload_bytes) > 0
    not_assigned = flows.responder_status != Status.ASSIGNED
    has_port = flows.responder_port != NO_PORT
    ladder: tuple[tuple[NDArray[np.bool_], Agreement, int], ...] = (
        (~has_port, Agreement.NOT_APPLICABLE, NO_PORTS),
        (flows.outcome == Outcome.REFUSED, Agreement.NO_ANSWER, REFUSED),
        (flows.outcome == Outcome.PROHIBITED, Agreement.NO_ANSWER, PROHIBITED),
        (~answered & ~payload, Agreement.NO_ANSWER, SILENT),
        (not_assigned, Agreement.UNASSIGNED_USE, NOT_ASSIGNED),
        (payload, Agreement.NOT_OBSERVED, UNRECOGNISED),
    )
    conditions = [condition for condition, _, _ in ladder]
    flows.agreement = np.select(
        conditions, [np.uint8(agreement) for _, agreement, _ in ladder], np.uint8(Agreement.NOT_OBSERVED)
    )
    flows.agreement_reason = np.select(conditions, [np.uint8(reason) for _, _, reason in ladder], np.uint8(NO_PAYLOAD))
    flows.unknown_port = has_port & not_assigned
