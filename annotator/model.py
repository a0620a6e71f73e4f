"""The types that cross rooms. Read this first.

Packets and flows are never objects: they are rows of NumPy arrays, and the dtypes below are their definition.
Codes, not strings, travel between rooms; :mod:`annotator.report` turns them into text.
"""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.words import RangeClass as RangeClass  # noqa: PLC0414 (the form that type checkers take as a re-export)
from annotator.words import Status as Status  # noqa: PLC0414 (the form that type checkers take as a re-export)
from annotator.words import Words as Words  # noqa: PLC0414 (the form that type checkers take as a re-export)

NO_TIME: Final = -(2**63)
"""``ts_ns`` of a packet whose record carries no time (pcapng Simple Packet Block)."""

NO_PORT: Final = -1
"""Port of an end that has none (ICMP, other IP protocols, fragments whose first part was not seen)."""

# IP protocol numbers (IANA "Assigned Internet Protocol Numbers")
ICMP: Final = 1
TCP: Final = 6
UDP: Final = 17
DCCP: Final = 33
ICMP6: Final = 58
SCTP: Final = 132
UDPLITE: Final = 136

FAN_IN_PEERS: Final = 3
"""Peers on distinct ports that make an endpoint a likely responder."""
EPHEMERAL_START: Final = 32768
"""Linux's default ip_local_port_range starts here, below IANA's dynamic range."""

PORT_TRANSPORT: Final = {TCP: "tcp", UDP: "udp", UDPLITE: "udp", SCTP: "sctp", DCCP: "dccp"}
"""The registry's transport whose port space an IP protocol uses; UDP-Lite shares UDP's (RFC 3828 section 6.1)."""


class StopClass(Words):
    """Why a packet was not decoded down to an IP header."""

    NOT_IP = 0
    UNSUPPORTED = 1
    ENCRYPTED = 2
    TRUNCATED = 3
    MALFORMED = 4


class DirectionBasis(Words):
    """The rung of the direction ladder that told initiator from responder."""

    HANDSHAKE = 0
    MESSAGE = 1
    FAN_IN = 2
    REGISTRY = 3
    FIRST_PACKET = 4


class Outcome(Words):
    """What became of a flow."""

    ESTABLISHED = 0
    REFUSED = 1
    PROHIBITED = 2
    NO_ANSWER = 3
    MIDSTREAM = 4
    ONE_SIDED = 5


class End(Words):
    """How a flow ended, as far as was seen."""

    FIN = 0
    RST = 1
    IDLE = 2
    ACTIVE = 3
    OPEN = 4


class Scope(Words):
    """Where an end is, by ``--local``."""

    LOCAL = 0
    REMOTE = 1


class Agreement(Words):
    """Assignment and observation compared."""

    MATCHES = 0
    DIFFERS = 1
    NOT_COMPARABLE = 2
    UNASSIGNED_USE = 3
    NO_ANSWER = 4
    NOT_OBSERVED = 5
    NOT_APPLICABLE = 6


class Grade(Words):
    """How sure an observation is."""

    NOT_OBSERVED = 0
    UNDECIDED = 1
    """While more payload is awaited; no finished observation has it."""
    SPECULATIVE = 2
    CONFIRMED = 3


BATCHES_AT_HAND: Final = 3
"""How many batches of a file are valid at a time, with the rows made of them: one in use, and those made ahead of it.
With two, threads whose batches do not take equally long wait for each other."""


@dataclass(slots=True)
class PacketBatch:
    """Many packets of one capture: raw bytes and columns, in file order.

    ``data`` is a window that the reader uses again: a batch is valid until the next one is asked for.
    """

    data: NDArray[np.uint8]
    """The window that holds the packets' bytes."""
    offset: NDArray[np.int64]
    """First byte of each packet in ``data``."""
    ts_ns: NDArray[np.int64]
    """Nanoseconds since 1970-01-01 UTC, or :data:`NO_TIME`."""
    caplen: NDArray[np.uint32]
    """Bytes stored."""
    origlen: NDArray[np.uint32]
    """Bytes on the wire."""
    link_type: NDArray[np.uint16]
    """``LINKTYPE_*`` as stored in files."""
    capture: int
    """Index of the capture in this run."""
    first_frame: int
    """1-based number, in its capture, of the batch's first packet."""
    keep: NDArray[np.bool_] | None = None
    """Which packets pass the filter; None: all. The others stay where they are, so that frame numbers hold."""

    def __len__(self) -> int:
        return len(self.offset)


class HeaderFlagBits(NamedTuple):
    """Bits of ``HEADER["flags"]``."""

    OUTERMOST: int = 1
    """This is the packet's first IP header: capture totals count it, and no other."""
    PORTS: int = 2
    """``sport`` and ``dport`` are filled: with ports, or with ICMP's type and code."""
    FRAGMENT_FIRST: int = 4
    FRAGMENT_LATER: int = 8
    QUOTED: int = 16
    """Not a packet: the header that an ICMP error quotes. It marks a flow, and counts nowhere."""
    GROUP: int = 32
    """The destination is multicast or broadcast: nobody in particular is asked to answer."""


HeaderFlag: Final = HeaderFlagBits()
"""The bits, as a tuple: Numba takes its members for constants."""


class SignalBits(NamedTuple):
    """Bits of ``HEADER["signal"]``: what a transport header says about the life of a flow, in any transport."""

    OPEN: int = 1
    """TCP SYN, SCTP INIT, DCCP Request."""
    ACCEPT: int = 2
    """TCP SYN-ACK, SCTP INIT ACK, DCCP Response."""
    FIN: int = 4
    """TCP FIN, SCTP SHUTDOWN (ACK, COMPLETE), DCCP Close and CloseReq."""
    RST: int = 8
    """TCP RST, SCTP ABORT, DCCP Reset with a code other than "closed"."""
    UNREACHABLE: int = 16
    """On a quoted header: ICMP port (or protocol) unreachable."""
    PROHIBITED: int = 32
    """On a quoted header: ICMP administratively prohibited."""
    REQUEST: int = 64
    """ICMP request of a request-reply pair."""
    ACK: int = 128
    """A TCP segment that acknowledges, and is no reset."""


Signal: Final = SignalBits()
"""The bits, as a tuple: Numba takes its members for constants."""


HEADER: Final = np.dtype(
    [
        ("src_hi", "u8"),  # address, network order read as a number; IPv4 has 0 in _hi and 32 bits in _lo
        ("src_lo", "u8"),
        ("dst_hi", "u8"),
        ("dst_lo", "u8"),
        ("vlan", "u8"),  # stack of ids, see decode.link.push_vlan
        ("tunnel", "u8"),  # hash of the tunnels that the header is in, 0 for none
        ("ts_ns", "i8"),
        ("frame", "i8"),  # 1-based number of the packet in its capture
        ("sport", "u2"),  # port, or ICMP type
        ("dport", "u2"),  # port, or ICMP code
        ("fragment_bytes", "u4"),  # octets of the IP payload that this packet holds
        ("payload_offset", "i8"),  # of the transport payload, in PacketBatch.data
        ("payload_caplen", "u4"),  # stored bytes of it
        ("payload_bytes", "u4"),  # bytes of it on the wire, by the headers
        ("ip_bytes", "u4"),  # octets as the IP header declares them, clamped to the frame
        ("frame_bytes", "u4"),  # origlen
        ("seq", "u4"),  # TCP sequence number
        ("ack", "u4"),  # TCP acknowledgement number
        ("fragment_id", "u4"),
        ("fragment_offset", "u4"),  # octets
        (
            "tcp_flags",
            "u2",
        ),  # FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128, AE 256 (RFC 9293, 9768)
        ("flags", "u2"),  # HeaderFlag
        ("signal", "u1"),  # Signal
        ("depth", "u1"),  # IP headers before this one in its packet
        ("proto", "u1"),  # IP protocol number
        ("version", "u1"),  # 4 or 6
    ],
    align=True,
)
"""One row for each IP header read: decode's output (design: *Headers*)."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A non-fatal oddity, counted."""

    name: str
    layer: str
    count: int
    first_frame: int
    """1-based number of the first packet concerned, 0 where none is."""
    detail: str = ""
    capture: int = 0
    """Index of the capture."""
    partial: bool = False
    """Whether work was given up, or could not be done, for it: the report is partial then."""


@dataclass(slots=True)
class CaptureSummary:
    """What was read of one capture. ``packets_read == packets_decoded + packets_stopped``, always.

    Packets that a filter leaves out are counted in ``packets_filtered``, and nowhere else.
    """

    name: str
    """As the user typed it."""
    format: str = ""
    packets_read: int = 0
    packets_decoded: int = 0
    packets_stopped: int = 0
    packets_filtered: int = 0
    """Packets of the capture that the filter left out; 0 without one."""
    stopped: dict[str, int] = field(default_factory=dict)
    """Packets by :class:`StopClass` word."""
    bytes: int = 0
    """Frame bytes on the wire."""
    first_ns: int = NO_TIME
    last_ns: int = NO_TIME
    complete: bool = True
    """Whether the capture was read to its end."""
    drops: int | None = None
    """Packets lost while capturing, where the capture says so."""
    note: str = ""
    """Why ``complete`` is false, in one line."""


@dataclass(slots=True)
class Flows:
    """Oriented, annotated flows: one element a flow in every array, in order of capture and first frame.

    All arrays have shape ``(n,)``. Text is made from these codes by :mod:`annotator.report.columns`.
    """

    version: NDArray[np.uint8]
    proto: NDArray[np.uint8]
    initiator_hi: NDArray[np.uint64]
    initiator_lo: NDArray[np.uint64]
    responder_hi: NDArray[np.uint64]
    responder_lo: NDArray[np.uint64]
    initiator_port: NDArray[np.int32]
    """:data:`NO_PORT` where there is none."""
    responder_port: NDArray[np.int32]
    icmp_type: NDArray[np.int16]
    """Of the initiator's message; -1 where the flow is not ICMP."""
    icmp_code: NDArray[np.int16]
    first_ns: NDArray[np.int64]
    last_ns: NDArray[np.int64]
    capture: NDArray[np.int32]
    first_frame: NDArray[np.int64]
    vlan: NDArray[np.uint64]
    """Stack of ids, see :func:`annotator.decode.link.push_vlan`."""
    tunnel: NDArray[np.uint64]
    direction_basis: NDArray[np.uint8]
    outcome: NDArray[np.uint8]
    end: NDArray[np.uint8]
    initiator_scope: NDArray[np.uint8]
    responder_scope: NDArray[np.uint8]
    initiator_packets: NDArray[np.int64]
    responder_packets: NDArray[np.int64]
    initiator_bytes: NDArray[np.int64]
    responder_bytes: NDArray[np.int64]
    initiator_frame_bytes: NDArray[np.int64]
    responder_frame_bytes: NDArray[np.int64]
    initiator_payload_bytes: NDArray[np.int64]
    responder_payload_bytes: NDArray[np.int64]
    initiator_fragments: NDArray[np.int64]
    """Of ``initiator_packets``, those that were later fragments of a datagram."""
    responder_fragments: NDArray[np.int64]
    tcp_flags_initiator: NDArray[np.uint16]
    tcp_flags_responder: NDArray[np.uint16]
    initiator_status: NDArray[np.uint8]
    """:class:`Status`."""
    responder_status: NDArray[np.uint8]
    initiator_entry: NDArray[np.int32]
    """Index into ``Registry.entries``; -1 where there is no port or no port registry."""
    responder_entry: NDArray[np.int32]
    agreement: NDArray[np.uint8]
    agreement_reason: NDArray[np.uint8]
    """Index into :data:`annotator.compare.REASONS`."""
    unknown_port: NDArray[np.bool_]
    observed: NDArray[np.int16]
    """Index into ``Analysis.findings.names``, -1 where nothing was observed."""
    observed_grade: NDArray[np.uint8]
    """:class:`Grade`."""
    observed_basis: NDArray[np.int16]
    """Index into ``Analysis.findings.bases``, -1 where nothing was observed."""
    related_to: NDArray[np.int32]
    """Row of the flow that announced this one, -1 where none did."""
    site: NDArray[np.int32]
    """Index into ``Analysis.site_words``, -1 where the site's overlay says nothing of the responder."""

    def __len__(self) -> int:
        return len(self.proto)


@dataclass(slots=True)
class Beside:
    """A column of text that stands beside the flows when it is asked for."""

    column: str
    """One of :data:`annotator.report.columns.BESIDE`."""
    words: list[str]
    """Each different text once."""
    codes: NDArray[np.int32]
    """(n,) index into ``words``, -1 for none."""


@dataclass(slots=True)
class Analysis:
    """All that a run found: what :mod:`annotator.pipeline` hands to :mod:`annotator.report`."""

    captures: list[CaptureSummary]
    issues: list[Issue]
    flows: Flows
    registry: Any
    """The :class:`annotator.registry.Registry` that was consulted."""
    options: dict[str, Any]
    """Every setting that a result depends on, by its command-line name."""
    findings: Any = None
    """The :class:`annotator.evidence.Findings` that the ``observed`` columns point into; labels are made on demand."""
    site_words: list[str] = field(default_factory=list)
    """What the site's overlay says, each text once."""
    tunnels: dict[int, str] = field(default_factory=dict)
    """Text of each ``Flows.tunnel`` hash."""
    beside: list[Beside] = field(default_factory=list)
    """Columns that were asked for: names, places."""
