"""Headers to flows: key, table, timeouts, orientation. Knows no payload, and of the registry only what it is told."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.flow.ends import ports, protocols, with_ports
from annotator.flow.orient import orient
from annotator.flow.outcome import ends, outcomes
from annotator.flow.row import BY_DIRECTION, GROUP, turn
from annotator.flow.scope import Network, scopes
from annotator.flow.table import FlowSettings, FlowTable
from annotator.model import ICMP, ICMP6, NO_PORT, TCP, Agreement, Flows, Status

__all__ = ["FlowSettings", "FlowTable", "finish"]


def finish(
    rows: NDArray[np.void],
    settings: FlowSettings,
    local: Sequence[Network],
    assigned: Mapping[int, NDArray[np.bool_]],
    last_ns: Mapping[int, int],
    client: NDArray[np.int8],
) -> tuple[Flows, NDArray[np.bool_]]:
    """Orient the rows of a table (FLOW) and lay them out as :class:`Flows`, not yet annotated.

    `assigned` and `client` are for the ladder (see :func:`orient`); `last_ns` gives each capture's last time. The
    second result says, bool[n], whether B is the initiator.
    """
    n = len(rows)
    from_b, basis = orient(rows, assigned, client)
    side = from_b.astype(np.int8)
    proto = protocols(rows)
    has_ports = with_ports(rows)
    icmp = (proto == ICMP) | (proto == ICMP6)
    a_port, b_port = ports(rows)

    def oriented(a: NDArray[np.generic], b: NDArray[np.generic]) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
        return np.where(from_b, b, a), np.where(from_b, a, b)

    counts = np.empty((len(BY_DIRECTION), 2, n), np.int64)
    turn(rows, from_b, counts)
    directed = dict(zip(BY_DIRECTION, counts, strict=True))

    initiator_port, responder_port = (
        np.where(has_ports, p, NO_PORT).astype(np.int32) for p in oriented(a_port, b_port)
    )
    icmp_type = np.where(icmp, np.where(from_b, b_port, a_port), -1).astype(np.int16)
    initiator_packets, responder_packets = directed["packets"]
    initiator_bytes, responder_bytes = directed["bytes"]
    initiator_frame_bytes, responder_frame_bytes = directed["frame_bytes"]
    initiator_payload_bytes, responder_payload_bytes = directed["payload_bytes"]
    initiator_fragments, responder_fragments = directed["fragments"]
    initiator_signal, responder_signal = directed["signal"]
    flags_initiator, flags_responder = directed["tcp_flags"]
    icmp_code, _ = directed["icmp_code"]
    initiator_hi, responder_hi = oriented(rows["a_hi"], rows["b_hi"])
    initiator_lo, responder_lo = oriented(rows["a_lo"], rows["b_lo"])
    version = (rows["context"] & np.uint64(15)).astype(np.uint8)
    to_group = (rows["state"] & (GROUP << (1 - side))) != 0
    idle_ns = np.where(proto == TCP, settings.idle_tcp_ns, settings.idle_other_ns)
    capture_last = np.array([last_ns[c] for c in range(max(last_ns, default=-1) + 1)] or [0], np.int64)
    flows = Flows(
        version=version,
        proto=proto,
        initiator_hi=initiator_hi,  # type: ignore[arg-type]  # uint64 in, uint64 out
        initiator_lo=initiator_lo,  # type: ignore[arg-type]
        responder_hi=responder_hi,  # type: ignore[arg-type]
        responder_lo=responder_lo,  # type: ignore[arg-type]
        initiator_port=initiator_port,
        responder_port=responder_port,
        icmp_type=icmp_type,
        icmp_code=np.where(icmp, icmp_code, -1).astype(np.int16),
        first_ns=rows["first_ns"].copy(),
        last_ns=rows["last_ns"].copy(),
        capture=rows["capture"].copy(),
        first_frame=rows["first_frame"].copy(),
        vlan=rows["vlan"].copy(),
        tunnel=rows["tunnel"].copy(),
        direction_basis=basis,
        outcome=outcomes(
            proto,
            has_ports,
            to_group,
            rows["state"],
            initiator_signal,
            responder_signal,
            initiator_packets,
            responder_packets,
        ),
        end=ends(
            rows["split"],
            initiator_signal | responder_signal,
            rows["last_ns"],
            idle_ns,
            capture_last[rows["capture"]],
        ),
        initiator_scope=scopes(version, initiator_hi, initiator_lo, local),  # type: ignore[arg-type]
        responder_scope=scopes(version, responder_hi, responder_lo, local),  # type: ignore[arg-type]
        initiator_packets=initiator_packets,
        responder_packets=responder_packets,
        initiator_bytes=initiator_bytes,
        responder_bytes=responder_bytes,
        initiator_frame_bytes=initiator_frame_bytes,
        responder_frame_bytes=responder_frame_bytes,
        initiator_payload_bytes=initiator_payload_bytes,
        responder_payload_bytes=responder_payload_bytes,
        initiator_fragments=initiator_fragments,
        responder_fragments=responder_fragments,
        tcp_flags_initiator=flags_initiator.astype(np.uint16),
        tcp_flags_responder=flags_responder.astype(np.uint16),
        initiator_status=np.full(n, Status.NONE, np.uint8),
        responder_status=np.full(n, Status.NONE, np.uint8),
        initiator_entry=np.full(n, -1, np.int32),
        responder_entry=np.full(n, -1, np.int32),
        agreement=np.full(n, Agreement.NOT_APPLICABLE, np.uint8),
        agreement_reason=np.zeros(n, np.uint8),
        unknown_port=np.zeros(n, np.bool_),
        observed=np.full(n, -1, np.int16),
        observed_grade=np.zeros(n, np.uint8),
        observed_basis=np.full(n, -1, np.int16),
        related_to=np.full(n, -1, np.int32),
        site=np.full(n, -1, np.int32),
    )
    return flows, from_b
