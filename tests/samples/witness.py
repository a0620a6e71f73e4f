"""What tshark sees in a sample: packets with their ends, and which protocols it can dissect on which endpoints."""

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

FIELDS = (
    "frame.number",
    "frame.protocols",
    "vlan.id",
    "vxlan.vni",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "tcp.srcport",
    "tcp.dstport",
    "udp.srcport",
    "udp.dstport",
    "sctp.srcport",
    "sctp.dstport",
    "tcp.flags",
    "sctp.chunk_type",
    "icmp.type",
    "icmp.code",
    "icmpv6.type",
    "icmpv6.code",
)
SYN, RST, ACK = 2, 4, 16
INIT, INIT_ACK = 1, 2
"""SCTP chunk types (RFC 9260 section 3.2)."""
UNREACHABLE = {(3, 2), (3, 3)}, {(1, 4)}
PROHIBITED = {(3, 9), (3, 10), (3, 13)}, {(1, 1), (1, 5), (1, 6)}
"""Types and codes of ICMP (RFC 792, RFC 1812 section 5.2.7.1) and ICMPv6 (RFC 4443 section 3.1)."""


@dataclass(frozen=True)
class End:
    """An address and a port, in a VLAN."""

    vlan: str
    addr: str
    transport: str
    port: int

    @property
    def endpoint(self) -> tuple[str, str, str, int]:
        """As :attr:`tests.samples.table.Row.endpoint`."""
        return self.vlan, self.addr, self.transport, self.port


@dataclass
class Flow:
    """All packets of one unordered pair of ends."""

    senders: list[End] = field(default_factory=list)
    opened_by: set[End] = field(default_factory=set)
    accepted_by: set[End] = field(default_factory=set)
    reset_by: set[End] = field(default_factory=set)
    errors: set[tuple[str, End]] = field(default_factory=set)
    """``refused`` or ``prohibited`` and by which end, as ICMP errors that quote the flow say."""


def tshark(path: Path, *options: str) -> list[list[str]]:
    """Run tshark for the :data:`FIELDS` of each frame."""
    columns = [word for name in FIELDS for word in ("-e", name)]
    command = ["tshark", "-n", "-r", str(path), *options, "-T", "fields", "-E", "occurrence=a", *columns]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return [line.split("\t") for line in run.stdout.splitlines()]


@cache
def flows_of(path: Path) -> dict[frozenset[End], Flow]:
    """Every TCP, UDP and SCTP flow of a capture, tunnels' outer ones among them."""
    flows: dict[frozenset[End], Flow] = {}
    for line in tshark(path):
        frame = dict(zip(FIELDS, line, strict=True))
        error = _error(frame)
        for layer in _layers(frame):
            ends = _ends(frame, layer, quoted=error != "")
            if ends is None:
                continue
            flow = flows.setdefault(frozenset(ends), Flow())
            if error:
                flow.errors.add((error, ends[1]))
            else:
                _count(flow, frame, ends[0], layer)
    return flows


def _layers(frame: dict[str, str]) -> tuple[str, ...]:
    """Which of a frame's headers with ports there are to look at."""
    return ("outer", "inner") if frame["vxlan.vni"] else ("only",)


def _count(flow: Flow, frame: dict[str, str], sender: End, layer: str) -> None:
    flow.senders.append(sender)
    flags = int(frame["tcp.flags"] or "0", 16) if layer != "outer" else 0
    chunks = {int(chunk) for chunk in frame["sctp.chunk_type"].split(",") if chunk}
    if flags & (SYN | ACK) == SYN or INIT in chunks:
        flow.opened_by.add(sender)
    if flags & (SYN | ACK) == SYN | ACK or INIT_ACK in chunks:
        flow.accepted_by.add(sender)
    if flags & RST:
        flow.reset_by.add(sender)


def _error(frame: dict[str, str]) -> str:
    """What an ICMP error says of the flow that it quotes; "" where the frame is none."""
    for version, name in enumerate(("icmp", "icmpv6")):
        kind = frame[f"{name}.type"], frame[f"{name}.code"]
        if kind[0]:
            said = int(kind[0].split(",")[0]), int(kind[1].split(",")[0])
            if said in UNREACHABLE[version]:
                return "refused"
            if said in PROHIBITED[version]:
                return "prohibited"
    return ""


def _ends(frame: dict[str, str], layer: str, *, quoted: bool) -> tuple[End, End] | None:
    """Sender and receiver, or None where the frame has no ports. A tunnel's outer layer is UDP."""
    at = 0 if layer == "outer" else -1
    v4, v6 = frame["ip.src"], frame["ipv6.src"]
    version = "ipv6" if v6 and (not v4 or layer == "inner") else "ip"
    for transport in ("udp",) if layer == "outer" else ("tcp", "sctp", "udp"):
        ports = [frame[f"{transport}.{side}port"] for side in ("src", "dst")]
        inner_is_gone = layer == "inner" and transport == "udp" and ports[0].count(",") == 0
        if not all(ports) or inner_is_gone or (_is_icmp(frame) and not quoted):
            continue
        vlan = frame["vlan.id"].replace(",", ".")
        one, other = (
            End(vlan, frame[f"{version}.{side}"].split(",")[at], transport, int(port.split(",")[at]))
            for side, port in zip(("src", "dst"), ports, strict=True)
        )
        return one, other
    return None


def _is_icmp(frame: dict[str, str]) -> bool:
    return bool(frame["icmp.type"] or frame["icmpv6.type"])


def spoken(path: Path, decode_as: Iterable[tuple[str, int, str]], messages: Iterable[str]) -> dict[End, set[str]]:
    """Dissect with the given (transport, port, dissector): by sender, the protocols of frames with such messages.

    ``messages`` are display filters.
    """
    told = list(decode_as)
    options = [word for transport, port, name in told for word in ("-d", f"{transport}.port=={port},{name}")]
    if all(name != "tftp" for _, _, name in told):
        # it takes whatever comes from a port that once asked port 69, as a scanner's does
        options += ["--disable-protocol", "tftp"]
    found: dict[End, set[str]] = {}
    for line in tshark(path, *options, "-Y", " || ".join(f"({message})" for message in messages)):
        frame = dict(zip(FIELDS, line, strict=True))
        for layer in _layers(frame) if not _error(frame) else ():
            ends = _ends(frame, layer, quoted=False)
            if ends:
                found.setdefault(ends[0], set()).update(frame["frame.protocols"].split(":"))
    return found
