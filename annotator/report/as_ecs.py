"""Flow rows as NDJSON in the Elastic Common Schema, version 9.4: one event of the kind ``event`` a flow.

What ECS has a field for stands there, in its meaning and type; everything else, the registry's words first of all,
stands under ``annotator`` by the names of the flow columns. ``network.protocol`` is what the payload was confirmed to
be, never what a port is assigned to. ``source`` and ``destination`` are initiator and responder; ``client`` and
``server`` are said only where more than the first packet tells them apart. Durations are nanoseconds. A flow whose
packets carry no time has no ``@timestamp``. IANA's notice is the member ``annotator.caveat`` of each line.

Fields: https://www.elastic.co/docs/reference/ecs/ecs-field-reference
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa

from annotator.model import ICMP6, NO_TIME, DirectionBasis, End, Flows, Grade, Outcome, Scope
from annotator.report.arrow import Array, compute
from annotator.report.json_shape import CARRIED, Shape, flow_objects, only, quoted, whole, words
from annotator.report.provenance import registry_words, said_of_rows
from annotator.report.report import Report

VERSION: Final = "9.4.0"
"""The version of ECS whose fields these are."""

OUTCOMES: Final[dict[int, str]] = {
    Outcome.ESTABLISHED: "success",
    Outcome.REFUSED: "failure",
    Outcome.PROHIBITED: "failure",
    Outcome.NO_ANSWER: "failure",
    Outcome.MIDSTREAM: "unknown",
    Outcome.ONE_SIDED: "unknown",
}
"""``event.outcome`` of each outcome."""
ENDED: Final = (End.FIN, End.RST, End.IDLE)
"""How a flow ends that ``event.type`` calls ended."""
TYPES: Final = {0: ["connection"], 1: ["connection", "end"]}
"""``event.type`` of a flow that has not ended, and of one that has."""
DIRECTIONS: Final = {0: "internal", 1: "outbound", 2: "inbound", 3: "external"}
"""``network.direction`` by whether the responder (1) and the initiator (2) are remote."""
TRANSPORTS: Final = {ICMP6: "ipv6-icmp"}
"""IP protocols whose keyword at IANA is another one than a flow row's ``transport``."""


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes, a batch of flows at a time."""
    del flows, rows  # it holds flows, and nothing else
    return flow_objects(report, _shape)


def _shape(report: Report, batch: pa.RecordBatch, flows: Flows, rows: slice) -> Shape:
    column = {name: batch.column(place) for place, name in enumerate(batch.schema.names)}
    first, last = flows.first_ns[rows], flows.last_ns[rows]
    timeless = (first == NO_TIME) | (last == NO_TIME)
    sent, answered = flows.initiator_bytes[rows], flows.responder_bytes[rows]
    source, destination = (
        {
            "ip": column[f"{end}_addr"],
            "address": column[f"{end}_addr"],
            "port": column[f"{end}_port"],
            "bytes": column[f"{end}_bytes"],
            "packets": column[f"{end}_packets"],
        }
        for end in ("initiator", "responder")
    )
    told = flows.direction_basis[rows] != DirectionBasis.FIRST_PACKET
    client, server = (
        {"ip": only(end["ip"], told), "address": end["address"], "port": end["port"]} for end in (source, destination)
    )
    said = {name: values for name, values in column.items() if name not in CARRIED}
    return {
        "ecs": {"version": json.dumps(VERSION)},
        "@timestamp": column["first_seen"],
        "event": {
            "kind": '"event"',
            "category": '["network"]',
            "type": words(TYPES, np.isin(flows.end[rows], ENDED).astype(np.int8)),
            "action": '"flow"',
            "dataset": '"annotator.flow"',
            "provider": '"annotator"',
            "outcome": words(OUTCOMES, flows.outcome[rows]),
            "start": column["first_seen"],
            "end": column["last_seen"],
            "duration": whole(np.where(timeless, 0, last - np.where(timeless, last, first)), timeless),
        },
        "source": source,
        "destination": destination,
        "client": client,
        "server": server,
        "network": {
            "type": words({0: "ipv4", 1: "ipv6"}, flows.version[rows] // 6),
            "transport": _transport(column["transport"], flows.proto[rows]),
            "iana_number": quoted(flows.proto[rows]),
            "protocol": only(column["observed"], flows.observed_grade[rows] == Grade.CONFIRMED),
            "direction": words(DIRECTIONS, crossing(flows, rows)),
            "community_id": column["community_id"],
            "bytes": whole(sent + answered),
            "packets": whole(flows.initiator_packets[rows] + flows.responder_packets[rows]),
            "vlan": {"id": _vlan(flows.vlan[rows], 0)},
            "inner": {"vlan": {"id": _vlan(flows.vlan[rows], 1)}},
        },
        "related": {"ip": [column["initiator_addr"], column["responder_addr"]]},
        "observer": {"product": '"annotator"', "version": json.dumps(report.tool["version"])},
        "annotator": {
            "registry": json.dumps(registry_words(report), ensure_ascii=False),
            **said,
            **{name: json.dumps(text) for name, text in said_of_rows(report).items()},
        },
    }


def crossing(flows: Flows, rows: slice) -> Any:
    """Number the direction, (n,), across the perimeter that ``--local`` draws."""
    remote = [getattr(flows, f"{end}_scope")[rows] == Scope.REMOTE for end in ("responder", "initiator")]
    return remote[0].astype(np.int8) + 2 * remote[1].astype(np.int8)


def _transport(column: Any, proto: Any) -> Array:
    """Name transports as IANA's protocol numbers do."""
    for number, keyword in TRANSPORTS.items():
        column = compute.if_else(pa.array(proto == number), json.dumps(keyword), column)
    named: Array = column
    return named


def _vlan(stack: Any, place: int) -> Array:
    """Give the VLAN id at a place of the stack, the outermost first; see :func:`annotator.decode.link.push_vlan`."""
    shift = np.uint64(4 + 12 * place)
    return quoted((stack >> shift) & np.uint64(0xFFF), (stack & np.uint64(15)) <= place)
