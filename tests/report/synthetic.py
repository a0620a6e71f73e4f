"""Makes analyses without captures: a few readable flows, or many random ones."""

from dataclasses import fields, replace
from ipaddress import ip_address
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.compare import compare
from annotator.model import (
    ICMP,
    ICMP6,
    NO_PORT,
    PORT_TRANSPORT,
    TCP,
    Analysis,
    CaptureSummary,
    DirectionBasis,
    End,
    Flows,
    Grade,
    Issue,
    Outcome,
    Scope,
    Status,
)
from annotator.pipeline import look_up
from annotator.registry import load

START_NS = 1_777_886_000_000_000_000  # 2026-05-04T09:13:20Z

_DTYPES = {
    field.name: np.dtype(str(field.type).removeprefix("NDArray[np.").rstrip("]_").replace("bool", "bool_"))
    if isinstance(field.type, str)
    else np.dtype(field.type.__args__[1].__args__[0])
    for field in fields(Flows)
}


def _halves(address: str) -> tuple[int, int, int]:
    parsed = ip_address(address)
    return parsed.version, int(parsed) >> 64, int(parsed) & (2**64 - 1)


def flow(
    initiator: str = "10.0.0.5",
    responder: str = "10.0.0.9",
    port: int = 443,
    *,
    sport: int = 40000,
    proto: int = TCP,
    outcome: Outcome = Outcome.ESTABLISHED,
    at_s: float = 0.0,
    **columns: Any,
) -> dict[str, Any]:
    """Describe one flow; any column of :class:`Flows` can be set by name."""
    version, initiator_hi, initiator_lo = _halves(initiator)
    _, responder_hi, responder_lo = _halves(responder)
    answered = outcome in (Outcome.ESTABLISHED, Outcome.MIDSTREAM)
    row: dict[str, Any] = {
        "version": version,
        "proto": proto,
        "initiator_hi": initiator_hi,
        "initiator_lo": initiator_lo,
        "responder_hi": responder_hi,
        "responder_lo": responder_lo,
        "initiator_port": sport if proto in PORT_TRANSPORT else NO_PORT,
        "responder_port": port if proto in PORT_TRANSPORT else NO_PORT,
        "icmp_type": 8 if proto == ICMP else 128 if proto == ICMP6 else -1,
        "icmp_code": 0 if proto in (ICMP, ICMP6) else -1,
        "first_ns": START_NS + int(at_s * 1e9),
        "last_ns": START_NS + int(at_s * 1e9) + 1_500_000_001,
        "first_frame": 1,
        "initiator_entry": -1,
        "responder_entry": -1,
        "initiator_status": Status.NONE,
        "responder_status": Status.NONE,
        "outcome": outcome,
        "end": End.FIN,
        "direction_basis": DirectionBasis.HANDSHAKE if proto == TCP else DirectionBasis.FIRST_PACKET,
        "initiator_scope": Scope.LOCAL if ip_address(initiator).is_private else Scope.REMOTE,
        "responder_scope": Scope.LOCAL if ip_address(responder).is_private else Scope.REMOTE,
        "initiator_packets": 4,
        "responder_packets": 3 if answered else 0,
        "initiator_bytes": 400,
        "responder_bytes": 3000 if answered else 0,
        "initiator_frame_bytes": 456,
        "responder_frame_bytes": 3042 if answered else 0,
        "initiator_payload_bytes": 200,
        "responder_payload_bytes": 2840 if answered else 0,
        "tcp_flags_initiator": 2 | 16 if proto == TCP and outcome is Outcome.ESTABLISHED else 0,
        "observed": -1,
        "observed_basis": -1,
        "related_to": -1,
        "site": -1,
    }
    return row | columns


def make_flows(rows: list[dict[str, Any]]) -> Flows:
    """Lay rows of :func:`flow` out as columns; what a row does not say is 0."""
    return Flows(**{name: np.array([row.get(name, 0) for row in rows], dtype) for name, dtype in _DTYPES.items()})


class Said:
    """What payload showed: the part of :class:`annotator.evidence.Findings` that reports read."""

    names = ("http", "tls", "ssh", "imap", "imap+tls")
    bases = ("request", "ClientHello", "banner", "banner", "tagged command")

    def __init__(self, count: int, labels: dict[int, str] | None = None) -> None:
        self._labels = labels or {}
        self.label = np.array([0 if row in self._labels else -1 for row in range(count)], np.int64)

    def texts(self, rows: NDArray[np.int64]) -> list[str]:
        return [self._labels.get(row, "") for row in rows.tolist()]


def shows(name: str, grade: Grade = Grade.CONFIRMED) -> dict[str, Any]:
    """Give the columns of a flow whose payload shows a protocol of :class:`Said`."""
    number = Said.names.index(name)
    return {"observed": number, "observed_basis": number, "observed_grade": grade}


def summary(name: str, **changes: Any) -> CaptureSummary:
    """Make the summary of a sound capture of ten packets; `changes` replace its fields."""
    sound = CaptureSummary(name, format="pcap", packets_read=10, packets_decoded=10, bytes=1000)
    return replace(sound, **({"first_ns": START_NS, "last_ns": START_NS + 1} | changes))


def make_analysis(rows: list[dict[str, Any]], **changes: Any) -> Analysis:
    """Make the analysis of one sound capture that holds these flows; `changes` replace its fields."""
    return wrap(make_flows(rows), **changes)


def wrap(flows: Flows, **changes: Any) -> Analysis:
    """Make the analysis of one sound capture that holds these flows."""
    registry = changes.pop("registry", None) or load()
    findings = changes.setdefault("findings", Said(len(flows)))
    look_up(flows, registry)
    nobody = np.zeros(len(flows), np.bool_)
    compare(flows, registry.entries, findings.names, nobody, nobody)
    packets = int((flows.initiator_packets + flows.responder_packets).sum())
    capture = summary(
        "office.pcapng",
        format="pcapng",
        packets_read=packets + 3,
        packets_decoded=packets,
        packets_stopped=3,
        stopped={"not_ip": 3},
        bytes=int((flows.initiator_frame_bytes + flows.responder_frame_bytes).sum()) + 180,
        first_ns=int(flows.first_ns.min(initial=START_NS)),
        last_ns=int(flows.last_ns.max(initial=START_NS)),
    )
    parts: dict[str, Any] = {
        "captures": [capture],
        "issues": [Issue("arp", "link", 3, 2, "ARP or RARP")],
        "flows": flows,
        "registry": registry,
        "options": {"idle_timeout_s": None, "active_timeout_s": 0.0, "ignore_vlan": False},
    }
    return Analysis(**(parts | changes))


def random_flows(count: int, seed: int = 1) -> Flows:
    """Draw many flows with every column in its range."""
    draw = np.random.default_rng(seed)
    flows = Flows(**{name: np.zeros(count, dtype) for name, dtype in _DTYPES.items()})
    for name in ("initiator_entry", "responder_entry", "observed", "observed_basis", "related_to", "site"):
        getattr(flows, name)[:] = -1
    flows.initiator_status[:] = flows.responder_status[:] = Status.NONE
    version = draw.choice(np.array([4, 6], np.uint8), count, p=[0.8, 0.2])
    four = version == 4
    for end in ("initiator", "responder"):
        host = draw.integers(0, max(count // 20, 4), count)
        setattr(flows, f"{end}_hi", np.where(four, 0, 0x20010DB8_00000000 + host % 3).astype(np.uint64))
        setattr(flows, f"{end}_lo", np.where(four, 0x0A000000 + host, host * 0x10001).astype(np.uint64))
    flows.version = version
    flows.proto = draw.choice(np.array([6, 17, 132, 1, 58, 47], np.uint8), count, p=[0.6, 0.3, 0.02, 0.03, 0.03, 0.02])
    ported = np.isin(flows.proto, list(PORT_TRANSPORT))
    icmp = np.isin(flows.proto, (ICMP, ICMP6))
    flows.initiator_port = np.where(ported, draw.integers(0, 65536, count), NO_PORT).astype(np.int32)
    common = draw.choice(np.array([80, 443, 53, 22, 7214, 8077, 50000]), count)
    flows.responder_port = np.where(
        ported, np.where(draw.random(count) < 0.8, common, draw.integers(0, 65536, count)), NO_PORT
    ).astype(np.int32)
    flows.icmp_type = np.where(icmp, draw.integers(0, 256, count), -1).astype(np.int16)
    flows.icmp_code = np.where(icmp, draw.integers(0, 256, count), -1).astype(np.int16)
    flows.first_ns = START_NS + np.sort(draw.integers(0, 3_600_000_000_000, count))
    flows.last_ns = flows.first_ns + draw.integers(0, 60_000_000_000, count)
    flows.first_frame = np.arange(1, count + 1, dtype=np.int64)
    flows.vlan = draw.choice(np.array([0, 1 | 7 << 4, 2 | 7 << 4 | 9 << 16], np.uint64), count)
    for name, words in (("direction_basis", DirectionBasis), ("outcome", Outcome), ("end", End)):
        setattr(flows, name, draw.integers(0, len(words), count).astype(np.uint8))
    for name in ("initiator_scope", "responder_scope"):
        setattr(flows, name, draw.integers(0, len(Scope), count).astype(np.uint8))
    for name, dtype in _DTYPES.items():
        if name.endswith(("_packets", "_bytes", "_fragments")):
            setattr(flows, name, draw.integers(0, 1 << 20, count).astype(dtype))
    seen = draw.integers(0, 2, count).astype(np.bool_) & ported
    flows.observed = np.where(seen, draw.integers(0, len(Said.names), count), -1).astype(np.int16)
    flows.observed_basis = flows.observed.copy()
    flows.observed_grade = np.where(seen, draw.choice([Grade.SPECULATIVE, Grade.CONFIRMED], count), 0).astype(np.uint8)
    flows.related_to = np.where(draw.random(count) < 0.1, draw.integers(0, max(count, 1), count), -1).astype(np.int32)
    for name in ("tcp_flags_initiator", "tcp_flags_responder"):
        setattr(flows, name, np.where(flows.proto == TCP, draw.integers(0, 512, count), 0).astype(np.uint16))
    return flows
