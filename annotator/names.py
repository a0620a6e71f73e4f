"""Names for addresses, from the capture itself: never asked for, and never in an address's place.

A name is somebody's claim: of the client that asked a server by it (SNI, Host), or of the name server that gave the
address. So each has its basis beside it. The ladder for the responder of a flow:

1. the name that this flow's own client used (``sni``, ``host``)
2. the latest answer that this flow's initiator got before the flow began (``dns answer``)
3. what answers to anybody called the address most often (``dns answer to others``), reverse answers (``dns ptr``) too
4. what clients of other flows called it most often (``sni of others``, ``host of others``)

Initiators have the third rung only.
"""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np

from annotator.errors import InputError
from annotator.evidence.dns_answers import Address, named
from annotator.excerpt import Bounds, Captures, excerpts
from annotator.model import TCP, Beside, Flows, Issue

SPEAK_NAMES: Final = ("dns", "mdns", "llmnr")
"""Protocols whose answers are read."""
BY_CLIENTS: Final = {"tls": "sni", "quic": "sni", "dtls": "sni", "http": "host", "http2": "host", "websocket": "host"}
"""Protocols whose label is the name that a client asks for, and what that is called."""
MOST_FLOWS: Final = 100_000
"""Flows whose answers are read."""
MOST_CLAIMS: Final = 500_000
"""Answers that are kept."""
BOUNDS: Final = Bounds(packets=2000, of_direction=1000, octets=4096)

_HOST: Final = re.compile(
    r"(?=[^:]{1,253}(?::\d{1,5})?$)((?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z_-][A-Za-z0-9_-]{0,62})\.?(?::\d+)?"
)

Said: TypeAlias = tuple[str, str]
"""(name, basis)"""


@dataclass
class _Claims:
    """What was said of addresses."""

    answers: dict[Address, list[tuple[int, Address, str]]] = field(default_factory=lambda: defaultdict(list))
    """(time in ns, who asked, name) of each address."""
    counts: dict[Address, Counter[Said]] = field(default_factory=lambda: defaultdict(Counter))
    kept: int = 0

    def commonest(self, address: Address) -> Said | None:
        """Give what an address is called most often; of equals, the first by name."""
        if address not in self.counts:
            return None
        return min(self.counts[address].items(), key=lambda item: (-item[1], item[0]))[0]


def resolve(
    captures: Captures,
    flows: Flows,
    findings: Any,
    tunnels: Mapping[int, str],
) -> tuple[list[Beside], list[Issue]]:
    """Name both ends of the flows, as columns beside them; `captures` are read again for the answers.

    What cannot be read again (standard input, an interface) gives names by clients only, and an issue that says so.
    """
    claims, issues = _claims(captures, flows, findings, tunnels)
    own = _by_clients(flows, findings)
    elsewhere: dict[Address, Counter[Said]] = defaultdict(Counter)
    for row, (name, basis) in own.items():
        elsewhere[_address(flows, row, initiator=False)][name, f"{basis} of others"] += 1
    others = {address: min(c.items(), key=lambda item: (-item[1], item[0]))[0] for address, c in elsewhere.items()}
    for answers in claims.answers.values():
        answers.sort()
    common = {address: claims.commonest(address) for address in claims.counts}

    def responder(row: int) -> Said | None:
        if row in own:
            return own[row]
        address = _address(flows, row, initiator=False)
        asked = _asked(claims, flows, row, address)
        return (asked and (asked, "dns answer")) or common.get(address) or others.get(address)

    def initiator(row: int) -> Said | None:
        return common.get(_address(flows, row, initiator=True))

    known = {*common, *others}
    columns: list[Beside] = []
    for end, name_of in (("initiator", initiator), ("responder", responder)):
        rows = _rows_of(flows, end, known) | (set(own) if end == "responder" else set())
        columns += _columns(end, {row: said for row in sorted(rows) if (said := name_of(row))}, len(flows))
    return columns, issues


def _address(flows: Flows, row: int, *, initiator: bool) -> Address:
    high, low = (flows.initiator_hi, flows.initiator_lo) if initiator else (flows.responder_hi, flows.responder_lo)
    return int(flows.version[row]), int(high[row]) << 64 | int(low[row])


def _rows_of(flows: Flows, end: str, known: set[Address]) -> set[int]:
    """Give the flows one of whose ends is among some addresses."""
    if not known:
        return set()
    halves = np.array(sorted({number & (2**64 - 1) for _, number in known}), np.uint64)
    likely = np.flatnonzero(np.isin(getattr(flows, f"{end}_lo"), halves)).tolist()
    return {row for row in likely if _address(flows, row, initiator=end == "initiator") in known}


def _columns(end: str, said: dict[int, Said], count: int) -> list[Beside]:
    made = []
    for place, column in enumerate((f"{end}_name", f"{end}_name_basis")):
        words: dict[str, int] = {}
        codes = np.full(count, -1, np.int32)
        for row, pair in said.items():
            codes[row] = words.setdefault(pair[place], len(words))
        made.append(Beside(column, list(words), codes))
    return made


def _by_clients(flows: Flows, findings: Any) -> dict[int, Said]:
    """Give the names that clients asked for, by flow; what is no host name is none."""
    bases = [BY_CLIENTS.get(name) for name in findings.names]
    wanted = np.array([basis is not None for basis in bases] + [False])
    rows = np.flatnonzero(wanted[flows.observed])
    found = {}
    for row, label in zip(rows.tolist(), findings.texts(rows), strict=True):
        host = _HOST.fullmatch(label) if label else None
        if host:
            found[row] = (host[1].lower(), str(bases[int(flows.observed[row])]))
    return found


def _asked(claims: _Claims, flows: Flows, row: int, address: Address) -> str | None:
    """Give the latest name that the initiator of a flow was told for its responder before it began."""
    answers = claims.answers.get(address)
    if not answers:
        return None
    client = _address(flows, row, initiator=True)
    end = bisect_right(answers, int(flows.first_ns[row]), key=lambda answer: answer[0])
    return next((name for _, asker, name in reversed(answers[max(end - 1000, 0) : end]) if asker == client), None)


def _claims(
    captures: Captures,
    flows: Flows,
    findings: Any,
    tunnels: Mapping[int, str],
) -> tuple[_Claims, list[Issue]]:
    """Read the answers of name servers out of the captures."""
    claims = _Claims()
    speaks = np.array([name in SPEAK_NAMES for name in findings.names] + [False])
    rows = np.flatnonzero(speaks[flows.observed])
    if not len(rows):
        return claims, []
    issues = []
    if len(rows) > MOST_FLOWS:
        detail = f"names are from the first {MOST_FLOWS:,} of {len(rows):,} flows with name servers"
        issues.append(Issue("names_incomplete", "evidence", len(rows) - MOST_FLOWS, 0, detail, partial=True))
        rows = rows[:MOST_FLOWS]
    try:
        found = excerpts(captures, flows, tunnels, rows.tolist(), BOUNDS)
    except InputError:  # a pipe, an interface, a file that is gone
        detail = "a capture cannot be read again for the answers of name servers: names are from SNI and Host only"
        return claims, [*issues, Issue("names_unread", "evidence", len(rows), 0, detail)]
    for row, packets in found.items():
        client = _address(flows, row, initiator=True)
        protocol = findings.names[int(flows.observed[row])]
        for packet in packets:
            payload = packet.payload[2:] if flows.proto[row] == TCP else packet.payload
            for one in named(payload):
                if claims.kept >= MOST_CLAIMS or not one.name:
                    break
                claims.kept += 1
                basis = f"{protocol} ptr" if one.reverse else f"{protocol} answer to others"
                claims.counts[one.address][one.name, basis] += 1
                if not one.reverse:
                    claims.answers[one.address].append((packet.ts_ns, client, one.name))
    return claims, issues
