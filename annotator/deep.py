"""tshark's opinion of the flows that matter: ``--deep``.

tshark picks most dissectors by port, so its word would rest on what is in doubt. Here each flow's first packets are
cut out and given ports that no dissector listens on. Heuristics speak first; then every plausible protocol is tried on
a copy of the flow with ports of its own, and counts only where the messages that it needs are there and none of the
packets is malformed or unexpected. What was confirmed without tshark stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from annotator.errors import InputError
from annotator.evidence import Findings
from annotator.evidence.hypotheses import HYPOTHESES, NAMES, VAGUE, Hypothesis
from annotator.evidence.tshark import Tshark, TsharkError
from annotator.excerpt import Bounds, Captures, Packet, excerpts
from annotator.model import TCP, UDP, Agreement, Flows, Grade, Issue
from annotator.scratch import scratch_folder
from annotator.small_capture import SmallCapture

SECONDS: Final = 120.0
"""For all that tshark is asked in a run."""
LAYER: Final = {TCP: "tcp", UDP: "udp"}
SURE_MESSAGES: Final = 2
"""Clean messages of each direction that confirm."""
MALFORMED: Final = "_ws.malformed or _ws.expert.severity >= 6291456"
"""Display filter: malformed, or an expert's warning or error (PI_WARN)."""
BAD: Final = f"{MALFORMED} or data"
"""And bytes that the dissector left over."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What tshark makes of a flow."""

    protocol: str
    basis: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class _Place:
    """A frame of the small capture."""

    row: int
    from_initiator: bool
    hypothesis: Hypothesis | None


def wanted_rows(flows: Flows, most: int) -> list[int]:
    """Choose the flows that matter: unknown ports, disagreements, unrecognised payload; the most payload first."""
    payload = flows.initiator_payload_bytes + flows.responder_payload_bytes
    unsure = flows.observed_grade != Grade.CONFIRMED
    matter = (flows.unknown_port & unsure) | (flows.agreement == Agreement.DIFFERS)
    matter |= (flows.agreement == Agreement.NOT_OBSERVED) & unsure
    rows = np.flatnonzero(matter & (payload > 0) & np.isin(flows.proto, tuple(LAYER)))
    urgency = np.lexsort((rows, -payload[rows], flows.observed[rows] >= 0))
    return sorted(rows[urgency][:most].tolist())


def deepen(
    captures: Captures,
    flows: Flows,
    findings: Findings,
    tunnels: Mapping[int, str],
    most_flows: int,
    most_packets: int,
    seconds: float = SECONDS,
    program: str = "tshark",
) -> list[Issue]:
    """Ask tshark about the flows that matter, and fill in what it finds where nothing was observed.

    Names and bases are appended to `findings`. Returns issues named ``deep``: why there is no opinion (the report is
    partial then), and where tshark sees something else than what was confirmed.
    """
    rows = wanted_rows(flows, most_flows)
    if not rows or most_packets <= 0:
        return []
    try:
        tshark = Tshark(seconds, program)
        bounds = Bounds(most_packets, most_packets)
        packets = excerpts(captures, flows, tunnels, rows, bounds)
        opinions = ask(tshark, flows, packets)
    except (TsharkError, InputError, OSError) as error:
        first = rows[0]
        detail = f"no opinion of tshark on {len(rows):,} flows: {error}"
        return [
            Issue("deep", "evidence", len(rows), int(flows.first_frame[first]), detail, _capture(flows, first), True)
        ]
    return _apply(flows, findings, opinions)


def _apply(flows: Flows, findings: Findings, opinions: Mapping[int, Opinion]) -> list[Issue]:
    issues = []
    for row, opinion in sorted(opinions.items()):
        if flows.observed[row] < 0:
            flows.observed[row] = _numbered(findings.names, opinion.protocol)
            flows.observed_basis[row] = _numbered(findings.bases, opinion.basis)
            flows.observed_grade[row] = opinion.grade
        elif flows.observed_grade[row] == Grade.CONFIRMED:
            ours = findings.names[flows.observed[row]]
            if opinion.protocol not in ours.split("+"):
                detail = f"the payload was read as {ours}; {opinion.basis} takes it for {opinion.protocol}"
                issues.append(Issue("deep", "evidence", 1, int(flows.first_frame[row]), detail, _capture(flows, row)))
    return issues


def _capture(flows: Flows, row: int) -> int:
    return int(flows.capture[row])


def _numbered(words: list[str], word: str) -> int:
    if word not in words:
        words.append(word)
    return words.index(word)


def ask(tshark: Tshark, flows: Flows, packets: Mapping[int, list[Packet]]) -> dict[int, Opinion]:
    """Give tshark's opinions by flow: heuristics first, hypotheses on what they leave open.

    Raises :class:`~annotator.evidence.tshark.TsharkError` where tshark does not answer.
    """
    rows = [row for row in packets if packets[row]]
    ports = tshark.neutral_ports(len(rows) + max(map(len, HYPOTHESES.values())) + 1)
    services, clients = ports[: -len(rows) or None], ports[-len(rows) :]
    port_of = dict(zip(rows, clients, strict=True))
    with scratch_folder() as folder:
        capture = folder / "flows.pcap"
        found = _heuristics(tshark, capture, flows, packets, port_of, services[0])
        left = {row: packets[row] for row in rows if row not in found}
        if left:
            found |= _hypotheses(tshark, capture, flows, left, port_of, services[1:])
    return found


def _heuristics(
    tshark: Tshark,
    capture: Path,
    flows: Flows,
    packets: Mapping[int, list[Packet]],
    port_of: Mapping[int, int],
    service: int,
) -> dict[int, Opinion]:
    places: list[_Place] = []
    with capture.open("wb") as file:
        small = SmallCapture(file)
        for row, port in port_of.items():
            small.write(flows, row, packets[row], (port, service))
            places += [_Place(row, packet.from_initiator, None) for packet in packets[row]]
    seen = tshark.protocols(capture)
    bad = {places[frame - 1].row for frame in tshark.protocols(capture, MALFORMED)}
    names: dict[int, dict[str, list[bool]]] = {}
    for frame, layers in seen.items():
        place = places[frame - 1]
        layer = _above(layers, LAYER[int(flows.proto[place.row])])
        if layer:
            names.setdefault(place.row, {}).setdefault(NAMES.get(layer, layer), []).append(place.from_initiator)
    found = {}
    for row, by_name in names.items():
        if row in bad or len(by_name) > 1:
            continue
        ((protocol, sides),) = by_name.items()
        found[row] = Opinion(protocol, "tshark heuristic", _grade(sides))
    return found


def _hypotheses(
    tshark: Tshark,
    capture: Path,
    flows: Flows,
    packets: Mapping[int, list[Packet]],
    port_of: Mapping[int, int],
    services: Sequence[int],
) -> dict[int, Opinion]:
    decode_as: dict[str, str] = {}
    places: list[_Place] = []
    with capture.open("wb") as file:
        small = SmallCapture(file)
        for row in packets:
            proto = int(flows.proto[row])
            for service, tried in zip(services, HYPOTHESES[proto], strict=False):
                decode_as[f"{LAYER[proto]}.port=={service}"] = tried.dissector
                small.write(flows, row, packets[row], (port_of[row], service))
                places += [_Place(row, packet.from_initiator, tried) for packet in packets[row]]
    tried_all = [tried for proto in {int(flows.proto[row]) for row in packets} for tried in HYPOTHESES[proto]]
    bad: set[tuple[int, str]] = set()
    for frame in tshark.protocols(capture, BAD, decode_as):
        place = places[frame - 1]
        bad.add((place.row, _dissector(place)))
    shown: dict[tuple[int, str], set[int]] = {}
    sides: dict[tuple[int, str], list[bool]] = {}
    good = f" and not ({BAD})"
    for number in range(max(len(tried.needs) for tried in tried_all)):
        needs = {need for tried in tried_all for need in tried.needs[number : number + 1]}
        passed = tshark.protocols(capture, f"({' or '.join(f'({need})' for need in sorted(needs))}){good}", decode_as)
        for frame, layers in passed.items():
            place = places[frame - 1]
            if place.hypothesis and place.hypothesis.dissector in layers:
                shown.setdefault((place.row, _dissector(place)), set()).add(number)
    candidates = {
        (place.row, _dissector(place)): place.hypothesis
        for place in places
        if place.hypothesis
        and (place.row, _dissector(place)) not in bad
        and len(shown.get((place.row, _dissector(place)), ())) == len(place.hypothesis.needs)
    }
    if not candidates:
        return {}
    layers_named = " or ".join(sorted({tried.dissector for tried in candidates.values()}))
    for frame, layers in tshark.protocols(capture, layers_named, decode_as).items():
        place = places[frame - 1]
        if (place.row, _dissector(place)) in candidates and place.hypothesis and place.hypothesis.dissector in layers:
            sides.setdefault((place.row, _dissector(place)), []).append(place.from_initiator)
    found = {}
    for row in packets:
        fits = {tried: sides.get((row, tried.dissector), []) for (at, _), tried in candidates.items() if at == row}
        most = max(map(len, fits.values()), default=0)
        best = [tried for tried, messages in fits.items() if len(messages) == most]
        if len(best) == 1 and most:
            basis = f"tshark decode-as {best[0].dissector}, {most} packet{'s' if most > 1 else ''} clean"
            found[row] = Opinion(best[0].protocol, basis, _grade(fits[best[0]]))
    return found


def _dissector(place: _Place) -> str:
    return place.hypothesis.dissector if place.hypothesis else ""


def _grade(sides: Sequence[bool]) -> Grade:
    """Grade clean messages, given by whether the initiator sent them."""
    from_initiator = sum(sides)
    sure = min(from_initiator, len(sides) - from_initiator) >= SURE_MESSAGES
    return Grade.CONFIRMED if sure else Grade.SPECULATIVE


def _above(layers: Sequence[str], transport: str) -> str:
    """Name the first layer above the transport that says something."""
    if transport not in layers:
        return ""
    above = layers[layers.index(transport) + 1 :]
    return next((layer for layer in above if layer not in VAGUE), "") if "data" not in above else ""
