"""Flow rows as NDJSON in the Open Cybersecurity Schema Framework, version 1.7: one Network Activity (4001) a flow.

What OCSF has an attribute for stands there, in its meaning and type; everything else, the registry's words first of
all, stands in ``unmapped.annotator`` by the names of the flow columns. ``app_name`` is what the payload was confirmed
to be, never what a port is assigned to. ``src_endpoint`` and ``dst_endpoint`` are initiator and responder, and
``is_src_dst_assignment_known`` is true where more than the first packet tells them apart. Times are milliseconds;
with the profile ``datetime`` they stand beside as text, to the nanosecond. ``time`` is required: it is 0 for a flow
whose packets carry none, which then has no ``start_time`` either. IANA's notice is ``unmapped.annotator.caveat``.

Class and objects: https://schema.ocsf.io/1.7.0/classes/network_activity
"""

import json
from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from annotator.model import NO_TIME, DirectionBasis, Flows, Grade, Outcome
from annotator.report.as_ecs import crossing
from annotator.report.json_shape import CARRIED, Shape, flow_objects, only, whole, words
from annotator.report.provenance import registry_words, said_of_rows
from annotator.report.report import Report

VERSION: Final = "1.7.0"
"""The version of OCSF whose attributes these are."""
CATEGORY_UID, CLASS_UID, INFORMATIONAL = 4, 4001, 1

FAIL, REFUSE, TRAFFIC = 4, 5, 6
ACTIVITIES: Final[dict[int, int]] = {
    Outcome.ESTABLISHED: TRAFFIC,
    Outcome.REFUSED: REFUSE,
    Outcome.PROHIBITED: FAIL,
    Outcome.NO_ANSWER: FAIL,
    Outcome.MIDSTREAM: TRAFFIC,
    Outcome.ONE_SIDED: TRAFFIC,
}
"""``activity_id`` of each outcome."""
ACTIVITY_NAMES: Final = {FAIL: "Fail", REFUSE: "Refuse", TRAFFIC: "Traffic"}
SUCCESS, FAILURE, UNSURE = 1, 2, 0
STATUSES: Final[dict[int, int]] = {
    Outcome.ESTABLISHED: SUCCESS,
    Outcome.REFUSED: FAILURE,
    Outcome.PROHIBITED: FAILURE,
    Outcome.NO_ANSWER: FAILURE,
    Outcome.MIDSTREAM: UNSURE,
    Outcome.ONE_SIDED: UNSURE,
}
"""``status_id`` of each outcome."""
STATUS_NAMES: Final = {SUCCESS: "Success", FAILURE: "Failure", UNSURE: "Unknown"}
DIRECTION_IDS: Final = {0: 3, 1: 2, 2: 1, 3: 99}
"""``direction_id`` by :func:`annotator.report.as_ecs.crossing`; what is outside on both ends has none of its own."""
DIRECTION_NAMES: Final = {0: "Lateral", 1: "Outbound", 2: "Inbound", 3: "External"}


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes, a batch of flows at a time."""
    del flows, rows  # it holds flows, and nothing else
    return flow_objects(report, _shape)


def _shape(report: Report, batch: pa.RecordBatch, flows: Flows, rows: slice) -> Shape:
    column = {name: batch.column(place) for place, name in enumerate(batch.schema.names)}
    first, last = flows.first_ns[rows], flows.last_ns[rows]
    timeless = (first == NO_TIME) | (last == NO_TIME)
    start_ms, end_ms = (np.where(timeless, 0, ns) // 1_000_000 for ns in (first, last))
    sent, answered = flows.initiator_bytes[rows], flows.responder_bytes[rows]
    outcome, way = flows.outcome[rows], crossing(flows, rows)
    said = {name: values for name, values in column.items() if name not in CARRIED}
    return {
        "class_uid": json.dumps(CLASS_UID),
        "class_name": '"Network Activity"',
        "category_uid": json.dumps(CATEGORY_UID),
        "category_name": '"Network Activity"',
        "activity_id": words(ACTIVITIES, outcome),
        "activity_name": words({code: ACTIVITY_NAMES[activity] for code, activity in ACTIVITIES.items()}, outcome),
        "type_uid": words({code: 100 * CLASS_UID + activity for code, activity in ACTIVITIES.items()}, outcome),
        "severity_id": json.dumps(INFORMATIONAL),
        "severity": '"Informational"',
        "status_id": words(STATUSES, outcome),
        "status": words({code: STATUS_NAMES[status] for code, status in STATUSES.items()}, outcome),
        "time": whole(start_ms),
        "time_dt": column["first_seen"],
        "start_time": whole(start_ms, timeless),
        "start_time_dt": column["first_seen"],
        "end_time": whole(end_ms, timeless),
        "end_time_dt": column["last_seen"],
        "duration": whole((np.where(timeless, 0, last) - np.where(timeless, 0, first)) // 1_000_000, timeless),
        "metadata": {
            "version": json.dumps(VERSION),
            "product": {
                "name": '"annotator"',
                "vendor_name": '"The annotator developers"',
                "version": json.dumps(report.tool["version"]),
            },
            "profiles": '["datetime"]',
        },
        "src_endpoint": {"ip": column["initiator_addr"], "port": column["initiator_port"]},
        "dst_endpoint": {"ip": column["responder_addr"], "port": column["responder_port"]},
        "is_src_dst_assignment_known": words(
            {0: False, 1: True}, (flows.direction_basis[rows] != DirectionBasis.FIRST_PACKET).astype(np.int8)
        ),
        "connection_info": {
            "direction_id": words(DIRECTION_IDS, way),
            "direction": words(DIRECTION_NAMES, way),
            "protocol_num": whole(flows.proto[rows]),
            "protocol_name": column["transport"],
            "protocol_ver_id": whole(flows.version[rows]),
            "community_uid": column["community_id"],
        },
        "traffic": {
            "bytes": whole(sent + answered),
            "bytes_out": column["initiator_bytes"],
            "bytes_in": column["responder_bytes"],
            "packets": whole(flows.initiator_packets[rows] + flows.responder_packets[rows]),
            "packets_out": column["initiator_packets"],
            "packets_in": column["responder_packets"],
        },
        "app_name": only(column["observed"], flows.observed_grade[rows] == Grade.CONFIRMED),
        "unmapped": {
            "annotator": {
                "registry": json.dumps(registry_words(report), ensure_ascii=False),
                **said,
                **{name: json.dumps(text) for name, text in said_of_rows(report).items()},
            }
        },
    }
