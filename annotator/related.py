"""Related flows: endpoints that another flow announced, so that their ports are no unknown ports.

Three ways to be announced: a payload names the endpoint (FTP, SDP, port mappers: what evidence kept of them); a TFTP
server answers a request from a port of its own (RFC 1350 section 4); a DHCP answer goes to an address that did not
send the question (RFC 2131 section 4.1).
"""

import ipaddress
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.evidence.findings import Findings
from annotator.evidence.look import Observer
from annotator.model import TCP, UDP, Flows

Endpoint = tuple[int, int, int, int]
"""(version, address as a number, transport number, port)"""

TRANSPORTS: Final = {"tcp": TCP, "udp": UDP}
UNRELATED: Final = -1
ANNOUNCED_NS: Final = 3600 * 1_000_000_000
"""How long an announcement holds: control connections live for hours, ports are used again within days."""


def _address(flows: Flows, row: int, initiator: bool) -> tuple[int, int]:
    high, low = (flows.initiator_hi, flows.initiator_lo) if initiator else (flows.responder_hi, flows.responder_lo)
    return int(flows.version[row]), (int(high[row]) << 64) | int(low[row])


def announced_endpoints(
    flows: Flows, observer: Observer, rows: NDArray[np.void], from_b: NDArray[np.bool_]
) -> dict[Endpoint, list[int]]:
    """Give the endpoints that payloads named, and the flows (row numbers) that named them, in order of their beginning.

    `rows` (FLOW) are the table's rows of `flows`; `from_b` says whether B is the initiator.
    """
    notes = observer.announced[: observer.announced_used]
    telling = np.flatnonzero(np.isin(rows["observation"], notes["observation"]))
    row_of = dict(zip(rows["observation"][telling].tolist(), telling.tolist(), strict=True))
    found: dict[Endpoint, list[int]] = {}
    for note in notes:
        row = row_of.get(int(note["observation"]))
        if row is None:
            continue
        direction = int(note["direction"])
        protocol = int(observer.observations[int(note["observation"])]["protocol"][direction])
        read = observer.probes[protocol].announced if protocol >= 0 else None
        if read is None:
            continue
        by_initiator = direction == (1 if from_b[row] else 0)
        for address, transport, port in read(note["payload"][: int(note["length"])].tobytes()):
            if transport not in TRANSPORTS or not 0 < port < 65536:
                continue
            version, number = _address(flows, row, by_initiator)
            if address:
                try:
                    named = ipaddress.ip_address(address)
                except ValueError:
                    continue
                version, number = named.version, int(named)
            found.setdefault((version, number, TRANSPORTS[transport], port), []).append(row)
    # threads judge payloads of their own shards, and which flow falls to which shard is drawn anew in every run
    return {end: _by_beginning(flows, announcers) for end, announcers in found.items()}


def _by_beginning(flows: Flows, announcers: Sequence[int]) -> list[int]:
    """Put flows in order of their first packets, each once."""
    return sorted(set(announcers), key=lambda row: (flows.first_ns[row], row))


def relate(flows: Flows, findings: Findings, announced: dict[Endpoint, list[int]]) -> NDArray[np.int32]:
    """Give for each flow the row of the flow that announced it, UNRELATED where none did: int32[n]."""
    related = np.full(len(flows), UNRELATED, np.int32)
    tftp = [number for number, name in enumerate(findings.names) if name == "tftp"]
    tftp_clients: dict[Endpoint, list[int]] = {}
    for row in np.flatnonzero(np.isin(findings.protocol, tftp) & (flows.proto == UDP)).tolist():
        version, number = _address(flows, row, True)
        tftp_clients.setdefault((version, number, UDP, int(flows.initiator_port[row])), []).append(row)
    tftp_clients = {end: _by_beginning(flows, clients) for end, clients in tftp_clients.items()}
    if announced or tftp_clients:
        _match(flows, related, announced, tftp_clients)
    return related


def _match(
    flows: Flows,
    related: NDArray[np.int32],
    announced: dict[Endpoint, list[int]],
    tftp_clients: dict[Endpoint, list[int]],
) -> None:
    """Fill in the flows that one of whose ends was announced before they began."""
    low = np.uint64(2**64 - 1)
    wanted = np.array(
        [(address * 65536 + port) & int(low) for _, address, _, port in (*announced, *tftp_clients)], np.uint64
    )
    likely = np.zeros(len(flows), np.bool_)
    for address, port in (
        (flows.initiator_lo, flows.initiator_port),
        (flows.responder_lo, flows.responder_port),
    ):
        likely |= np.isin(address * np.uint64(65536) + port.astype(np.uint64), wanted)
    for row in np.flatnonzero(likely & np.isin(flows.proto, (TCP, UDP))).tolist():
        ends = (
            (*_address(flows, row, True), int(flows.proto[row]), int(flows.initiator_port[row])),
            (*_address(flows, row, False), int(flows.proto[row]), int(flows.responder_port[row])),
        )
        for end in ends:
            before = _latest(flows, row, announced.get(end, ()))
            if before is None:
                before = _latest(flows, row, tftp_clients.get(end, ()))
            if before is not None:
                related[row] = before
                break


def _latest(flows: Flows, row: int, announcers: Sequence[int]) -> int | None:
    """Of `announcers`, the earliest first, give the last that began before the flow `row`, and not long ago."""
    for other in reversed(announcers):
        if other != row and flows.first_ns[other] <= flows.first_ns[row] <= flows.last_ns[other] + ANNOUNCED_NS:
            return other
    return None
