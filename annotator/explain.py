"""Everything that is known of one flow: its row, and the payloads that it began with.

FLOW is a Community ID, or both ends in either order: ``10.0.0.1:1234-10.0.0.2:80/tcp``, IPv6 addresses in brackets.
"""

import ipaddress
import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from annotator.errors import UsageError
from annotator.evidence.hypotheses import HYPOTHESES
from annotator.evidence.tshark import Tshark, TsharkError
from annotator.excerpt import Bounds, Captures, Packet, excerpts
from annotator.flow.community_id import community_ids
from annotator.model import PORT_TRANSPORT, TCP, UDP, Analysis, Flows
from annotator.report.flow_rows import Form
from annotator.report.report import Report
from annotator.report.sanitize import clean
from annotator.scratch import scratch_folder
from annotator.small_capture import SmallCapture

MOST_FLOWS: Final = 8
"""Matching flows that are explained; more are counted."""
PAYLOADS: Final = 3
"""Of each direction."""
OCTETS: Final = 256
"""Of each payload."""
TSHARK_PACKETS, TSHARK_FIELDS, TSHARK_SECONDS = 8, 40, 60.0
MADE_UP: Final = ("raw", "ip", "ipv6", "tcp", "udp")
"""Layers that are not the capture's own: their headers were written for tshark."""
_ENDS: Final = re.compile(r"(\S+):(\d{1,5})-(\S+):(\d{1,5})/([a-z]+)")


def matching(flows: Flows, wanted: str) -> list[int]:
    """Find the flows that `wanted` names, in order.

    Raises :class:`~annotator.errors.UsageError` where it is neither a Community ID nor two ends.
    """
    if wanted.startswith("1:"):
        return np.flatnonzero(community_ids(flows) == wanted.encode("ascii", "replace")).tolist()
    match = _ENDS.fullmatch(wanted.strip().lower())
    try:
        if match is None:
            raise ValueError
        one, other = (ipaddress.ip_address(match[n].strip("[]")) for n in (1, 3))
    except ValueError:
        raise UsageError(
            f"{clean(wanted)!r} names no flow; give a Community ID (1:...), or 10.0.0.1:1234-10.0.0.2:80/tcp"
        ) from None
    if one.version != other.version:
        return []
    protos = [proto for proto, word in PORT_TRANSPORT.items() if word == match[5]]
    found = np.zeros(len(flows), np.bool_)
    ends = (int(one), int(match[2])), (int(other), int(match[4]))
    for (a, a_port), (b, b_port) in (ends, ends[::-1]):
        found |= (
            (flows.initiator_hi == np.uint64(a >> 64))
            & (flows.initiator_lo == np.uint64(a & (1 << 64) - 1))
            & (flows.responder_hi == np.uint64(b >> 64))
            & (flows.responder_lo == np.uint64(b & (1 << 64) - 1))
            & (flows.initiator_port == a_port)
            & (flows.responder_port == b_port)
        )
    found &= np.isin(flows.proto, protos) & (flows.version == one.version)
    return np.flatnonzero(found).tolist()


def explain(paths: Sequence[str], analysis: Analysis, wanted: str, *, deep: bool = False) -> list[dict[str, Any]]:
    """Give what is known of each flow that `wanted` names, at most MOST_FLOWS of them, as JSON has it.

    Raises :class:`~annotator.errors.UsageError` where no flow has that name, and
    :class:`~annotator.errors.InputError` where the captures cannot be read again.
    """
    flows = analysis.flows
    rows = matching(flows, wanted)
    if not rows:
        raise UsageError(f"no flow {clean(wanted)} in the capture; --flows --format csv lists them with Community IDs")
    shown = rows[:MOST_FLOWS]
    bounds = Bounds(2 * max(PAYLOADS, TSHARK_PACKETS), max(PAYLOADS, TSHARK_PACKETS))
    captures = Captures(
        paths, ignore_vlan=bool(analysis.options["ignore_vlan"]), resync=bool(analysis.options["resync"])
    )
    packets = excerpts(captures, flows, analysis.tunnels, shown, bounds)
    table = Report(analysis).flow_rows
    labels = analysis.findings.texts(np.array(shown, np.int64))
    made = []
    for row, label in zip(shown, labels, strict=True):
        record: dict[str, Any] = {"flow": table.batch(row, row + 1, Form.TEXT).to_pylist()[0]}
        record["matching_flows"] = len(rows)
        record["payloads"] = _payloads(packets[row], label)
        if deep:
            record["tshark"] = _layers(flows, row, packets[row], record["flow"]["observed"] or "")
        made.append(record)
    return made


def _payloads(packets: Sequence[Packet], label: str) -> list[dict[str, Any]]:
    """Give the first payloads of each direction, with the place of the label in them."""
    taken = {True: 0, False: 0}
    made = []
    for packet in packets:
        if not packet.payload or taken[packet.from_initiator] == PAYLOADS:
            continue
        taken[packet.from_initiator] += 1
        at = packet.payload.find(label.encode()) if label else -1
        made.append(
            {
                "frame": packet.frame,
                "from": "initiator" if packet.from_initiator else "responder",
                "payload_bytes": packet.payload_bytes,
                "label_at": at if at >= 0 else None,
                "label_length": len(label.encode()) if at >= 0 else None,
                "hex": packet.payload[:OCTETS].hex(),
            }
        )
    return made


def _layers(flows: Flows, row: int, packets: Sequence[Packet], observed: str) -> dict[str, Any]:
    """Give tshark's layers of the packets, whose ports are neutral: the observed protocol is told it, no port."""
    proto = int(flows.proto[row])
    if proto not in (TCP, UDP):
        return {"error": "tshark is asked about TCP and UDP only"}
    name = observed.partition("+")[0]
    dissector = next((tried.dissector for tried in HYPOTHESES[proto] if tried.protocol == name), "")
    try:
        tshark = Tshark(TSHARK_SECONDS)
        client, service = tshark.neutral_ports(2)
        decode_as = {f"{'tcp' if proto == TCP else 'udp'}.port=={service}": dissector} if dissector else {}
        with scratch_folder() as folder:
            path = folder / "flow.pcap"
            with path.open("wb") as file:
                SmallCapture(file).write(flows, row, packets[: 2 * TSHARK_PACKETS], (client, service))
            details = tshark.details(path, decode_as, TSHARK_FIELDS)
    except (TsharkError, OSError) as error:
        return {"error": clean(str(error))}
    return {
        "version": tshark.version,
        "decoded_as": dissector or None,
        "packets": [
            {
                "frame": packets[number - 1].frame,
                "layers": [
                    {"name": clean(layer), "fields": [clean(line) for line in lines]}
                    for layer, lines in each
                    if layer not in MADE_UP
                ],
            }
            for number, each in sorted(details.items())
        ],
    }


def explain_lines(records: Sequence[dict[str, Any]]) -> list[str]:
    """Word the records for people, a text a line."""
    lines: list[str] = []
    for record in records:
        flow = record["flow"]
        ends = {end: _end(flow[f"{end}_addr"], flow[f"{end}_port"]) for end in ("initiator", "responder")}
        lines.append(f"{ends['initiator']} -> {ends['responder']}  {flow['transport']}  {flow['community_id']}")
        for end in ("initiator", "responder"):
            said = [flow[f"{end}_{name}"] for name in ("range_class", "status", "status_detail", "service_names")]
            lines.append(f"  {end:<12} {ends[end]}  {', '.join(word for word in said if word) or 'no port'}")
        lines.append(f"  agreement    {flow['agreement']}: {flow['agreement_reason']}")
        seen = (
            f"{flow['observed']}, {flow['observed_grade']}: {flow['observed_basis']}" if flow["observed"] else "nothing"
        )
        lines.append(f"  observed     {seen}" + (f", label {flow['observed_label']}" if flow["observed_label"] else ""))
        skip = ("initiator_", "responder_", "observed", "agreement", "community_id")
        lines += [
            f"  {name:<28} {value}"
            for name, value in flow.items()
            if value not in (None, "") and (not name.startswith(skip) or name.endswith(("bytes", "packets")))
        ]
        for payload in record["payloads"]:
            lines += [
                "",
                f"  frame {payload['frame']:,} from the {payload['from']}, {payload['payload_bytes']:,} octets",
            ]
            lines += _dump(bytes.fromhex(payload["hex"]), payload["label_at"], payload["label_length"])
        lines += _tshark_lines(record.get("tshark"))
        lines.append("")
    if records and records[0]["matching_flows"] > len(records):
        lines.append(f"and {records[0]['matching_flows'] - len(records):,} more flows of that name")
    return lines


def _end(address: str, port: int | None) -> str:
    if port is None:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _dump(data: bytes, label_at: int | None, label_length: int | None) -> list[str]:
    """Write offset, hex and ASCII, 16 octets a line; a line of ^ stands under the label."""
    lines = []
    marked = range(label_at, label_at + (label_length or 0)) if label_at is not None else range(0)
    for start in range(0, len(data), 16):
        part = data[start : start + 16]
        text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in part)
        lines.append(f"    {start:04x}  {part.hex(' '):<47}  {text}")
        under = "".join("^^ " if start + n in marked else "   " for n in range(len(part)))
        if under.strip():
            lines.append(f"          {under:<47}  " + under[::3].rstrip() + "  label")
    return lines


def _tshark_lines(said: dict[str, Any] | None) -> list[str]:
    if said is None:
        return []
    if "error" in said:
        return ["", f"  tshark: {said['error']}"]
    lines = [
        "",
        f"  tshark {said['version']}, ports made neutral, decoded as {said['decoded_as'] or 'its heuristics say'}",
    ]
    for packet in said["packets"]:
        lines.append(f"  frame {packet['frame']:,}")
        for layer in packet["layers"]:
            lines.append(f"    {layer['name']}")
            lines += [f"      {field}" for field in layer["fields"]]
    return lines
