"""Headers to flows: key, table, timeouts, orientation. Knows no payload, and of the registry only what it is told."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.flow.ends import read_ends
from annotator.flow.orient import orient
from annotator.flow.outcome import endings, outcomes
from annotator.flow.row import COUNTS, GROUP, SIGNED, SMALL, UNSIGNED, turn
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
    ends = read_ends(rows)
    proto = ends.proto
    from_b, basis = orient(rows, ends, assigned, client)
    icmp = (proto == ICMP) | (proto == ICMP6)

    addresses = np.empty((2, 2, n), np.uint64)
    counts, small = np.empty((len(COUNTS), 2, n), np.int64), np.empty((len(SMALL), 2, n), np.uint16)
    times, marks = np.empty((len(SIGNED), n), np.int64), np.empty((len(UNSIGNED), n), np.uint64)
    turn(rows, from_b, addresses, counts, small, times, marks)
    (initiator_hi, responder_hi), (initiator_lo, responder_lo) = addresses
    directed = dict(zip((*COUNTS, *SMALL), (*counts, *small), strict=True))
    initiator_packets, responder_packets = directed["packets"]
    initiator_bytes, responder_bytes = directed["bytes"]
    initiator_frame_bytes, responder_frame_bytes = directed["frame_bytes"]
    initiator_payload_bytes, responder_payload_bytes = directed["payload_bytes"]
    initiator_fragments, responder_fragments = directed["fragments"]
    initiator_signal, responder_signal = directed["signal"].astype(np.uint8)
    flags_initiator, flags_responder = directed["tcp_flags"]
    icmp_code, _ = directed["icmp_code"]
    first_ns, last_ns_of, first_frame = times
    vlan, tunnel = marks
    capture, state, split = rows["capture"].copy(), rows["state"].copy(), rows["split"].copy()

    def ported(one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.where(ends.has_ports, np.where(from_b, one, other), np.int32(NO_PORT))

    to_group = (state & np.where(from_b, np.uint8(GROUP), np.uint8(GROUP << 1))) != 0
    idle_ns = np.where(proto == TCP, settings.idle_tcp_ns, settings.idle_other_ns)
    capture_last = np.array([last_ns[c] for c in range(max(last_ns, default=-1) + 1)] or [0], np.int64)
    flows = Flows(
        version=ends.version,
        proto=proto,
        initiator_hi=initiator_hi,
        initiator_lo=initiator_lo,
        responder_hi=responder_hi,
        responder_lo=responder_lo,
        initiator_port=ported(ends.b_port, ends.a_port),
        responder_port=ported(ends.a_port, ends.b_port),
        icmp_type=np.where(icmp, np.where(from_b, ends.b_port, ends.a_port), -1).astype(np.int16),
        icmp_code=np.where(icmp, icmp_code.astype(np.int16), np.int16(-1)),
        first_ns=first_ns,
        last_ns=last_ns_of,
        capture=capture,
        first_frame=first_frame,
        vlan=vlan,
        tunnel=tunnel,
        direction_basis=basis,
        outcome=outcomes(
            proto,
            ends.has_ports,
            to_group,
            state,
            initiator_signal,
            responder_signal,
            initiator_packets,
            responder_packets,
        ),
        end=endings(
            split,
            initiator_signal | responder_signal,
            last_ns_of,
            idle_ns,
            capture_last[capture],
        ),
        initiator_scope=scopes(ends.version, initiator_hi, initiator_lo, local),
        responder_scope=scopes(ends.version, responder_hi, responder_lo, local),
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
        tcp_flags_initiator=flags_initiator,
        tcp_flags_responder=flags_responder,
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
