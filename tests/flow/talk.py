"""Packets as one readable line each, and the flows that they make.

``0.5 tcp a:1000 > b:80 SA seq=7 ack=8 len=10 vlan=4`` is a packet at half a second. Letters stand for addresses
(10.0.0.97 and so on), ``a6`` for IPv6 ones, ``*`` for a multicast address. Instead of TCP's flags other protocols
take the words OPEN, ACCEPT, FIN, RST; ``icmp 8/0 a > b`` has type and code; ``quote-unreachable`` and
``quote-prohibited`` before the transport make it the header that an ICMP error quotes.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from annotator.flow import FlowSettings, FlowTable, finish
from annotator.flow.scope import DEFAULT_LOCAL, parse_networks
from annotator.model import (
    DCCP,
    HEADER,
    ICMP,
    ICMP6,
    NO_TIME,
    SCTP,
    TCP,
    UDP,
    UDPLITE,
    Flows,
    HeaderFlag,
    Signal,
)

GRE = 47
PROTOCOLS = {"tcp": TCP, "udp": UDP, "udplite": UDPLITE, "sctp": SCTP, "dccp": DCCP, "icmp": ICMP, "icmp6": ICMP6}
PROTOCOLS["gre"] = GRE
LETTERS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32}
REQUESTS = {ICMP: (8, 10, 13, 15, 17), ICMP6: (128, 130, 133, 135, 139, 144)}
EPOCH_NS = 1_700_000_000_000_000_000


def address(name: str) -> tuple[int, int, int]:
    """Give version and the two words of a named address."""
    if name == "*":
        return 4, 0, 0xE0000001
    if name.endswith("6"):
        return 6, 0x20010DB8 << 32, ord(name[0])
    return 4, 0, 0x0A000000 + ord(name[0])


def end(text: str) -> tuple[str, int]:
    """Split ``a:80``."""
    name, _, port = text.partition(":")
    return name, int(port or 0)


def tcp_signal(flags: int) -> int:
    """Say what TCP's flags mean for the life of a flow (RFC 9293)."""
    signal = Signal.RST if flags & 4 else (Signal.ACCEPT if flags & 16 else Signal.OPEN) if flags & 2 else 0
    return signal | (Signal.FIN if flags & 1 else 0) | (Signal.ACK if flags & 16 and not flags & 4 else 0)


def header(line: str) -> NDArray[np.void]:
    """Make the HEADER row of a line."""
    row = np.zeros((), HEADER)
    words = line.split()
    time = words.pop(0)
    row["ts_ns"] = NO_TIME if time == "-" else EPOCH_NS + round(float(time) * 1e9)
    quoted = words.pop(0) if words[0].startswith("quote-") else ""
    transport = words.pop(0)
    row["proto"] = protocol = PROTOCOLS[transport]
    if protocol in (ICMP, ICMP6):
        row["sport"], row["dport"] = map(int, words.pop(0).split("/"))
        if int(row["sport"]) in REQUESTS[protocol]:
            row["signal"] |= Signal.REQUEST
    (source, sport), (destination, dport) = end(words[0]), end(words[2])
    assert words[1] == ">", line
    row["version"], row["src_hi"], row["src_lo"] = address(source)
    version, row["dst_hi"], row["dst_lo"] = address(destination)
    assert row["version"] == version, line
    if protocol not in (ICMP, ICMP6):
        row["sport"], row["dport"] = sport, dport
    row["flags"] = HeaderFlag.OUTERMOST | (HeaderFlag.GROUP if destination == "*" else 0)
    if protocol != GRE:
        row["flags"] |= HeaderFlag.PORTS
    row["ip_bytes"], row["frame_bytes"] = 40, 54
    for word in words[3:]:
        name, equals, value = word.partition("=")
        if not equals and word == "fragment":
            row["flags"] |= HeaderFlag.FRAGMENT_LATER
        elif not equals and protocol == TCP:
            row["tcp_flags"] = sum(LETTERS[letter] for letter in word)
            row["signal"] = tcp_signal(int(row["tcp_flags"]))
        elif not equals:
            row["signal"] |= getattr(Signal, word)
        elif name == "len":
            row["payload_bytes"] = row["payload_caplen"] = int(value)
            row["ip_bytes"] += int(value)
            row["frame_bytes"] += int(value)
        elif name == "vlan":
            row["vlan"] = 1 | int(value) << 4
        else:
            row[name] = int(value)
    if quoted:
        row["flags"] = HeaderFlag.QUOTED | HeaderFlag.PORTS
        row["signal"] = getattr(Signal, quoted.removeprefix("quote-").upper())
    return row


def headers(lines: Sequence[str]) -> NDArray[np.void]:
    """Make HEADER rows, one packet each; lines may be several in one text."""
    rows = np.array([header(line) for text in lines for line in text.strip().splitlines()], HEADER)
    rows["frame"] = np.where(rows["frame"], rows["frame"], np.arange(1, len(rows) + 1))
    return rows


def flows_of(
    *lines: str,
    settings: FlowSettings | None = None,
    assigned: Mapping[int, Sequence[int]] | None = None,
    clients: Sequence[str] = (),
) -> Flows:
    """Aggregate and orient the packets.

    `assigned` lists the assigned ports by protocol number; `clients` names, for each flow in order, the letter of the
    end whose payload shows it to be the client, or "" where it does not.
    """
    rows = headers(lines)
    table = FlowTable(settings or FlowSettings())
    table.add(rows, 0)
    times = rows["ts_ns"][(rows["ts_ns"] != NO_TIME) & (rows["flags"] & HeaderFlag.QUOTED == 0)]
    last_ns = {0: int(times.max(initial=NO_TIME))}
    return finish_table(table, settings or FlowSettings(), last_ns, assigned or {}, clients)


def finish_table(
    table: FlowTable,
    settings: FlowSettings,
    last_ns: Mapping[int, int],
    assigned: Mapping[int, Sequence[int]],
    clients: Sequence[str] = (),
) -> Flows:
    """Orient what is in the table."""
    dense = {protocol: np.zeros(65536, np.bool_) for protocol in PROTOCOLS.values()}
    for protocol, ports in assigned.items():
        dense[protocol][list(ports)] = True
    rows = table.rows()
    client = np.full(len(rows), -1, np.int8)
    for k, name in enumerate(clients):
        if name:
            client[k] = 0 if rows["a_lo"][k] == address(name)[2] else 1
    flows, _ = finish(rows, settings, parse_networks(DEFAULT_LOCAL), dense, last_ns, client)
    return flows


def columns(rows: NDArray[np.void]) -> dict[str, list[object]]:
    """Give the fields of structured rows as lists, without the padding between them, and without places in a batch."""
    return {name: rows[name].tolist() for name in rows.dtype.names or () if name != "passed"}


def shown(flows: Flows, k: int = 0) -> str:
    """Show who opened flow `k` to whom, as lines are written: ``a:1000 > b:80``."""

    def one(high: int, low: int, port: int) -> str:
        name = chr(low & 0x7F) + ("6" if high else "") if low != 0xE0000001 else "*"
        return name if port < 0 else f"{name}:{port}"

    initiator = one(int(flows.initiator_hi[k]), int(flows.initiator_lo[k]), int(flows.initiator_port[k]))
    responder = one(int(flows.responder_hi[k]), int(flows.responder_lo[k]), int(flows.responder_port[k]))
    return f"{initiator} > {responder}"
