r"""Flow rows as a log in Zeek's own format: the columns of its ``conn.log`` first, then the others of a flow row.

Columns that Zeek knows have its names, types and meaning, so ``zeek-cut`` and what else reads Zeek's logs can be used:
``service`` is what the payload was confirmed to be, never what a port is assigned to; ``orig_bytes`` is payload,
``orig_ip_bytes`` IP octets; the ports of an ICMP flow are type and code; ``ts`` is cut to the microsecond, and
``first_seen`` has all of it. A ``uid`` is the number of the flow's row. What Zeek would count and nobody counted here
(``missed_bytes``, ``history``, ``tunnel_parents``) is unset. IANA's notice stands in ``#`` lines above ``#fields``.

What is not there is ``-``, an empty set ``(empty)``. Backslashes, texts that would read as one of these, commas within
a set's element, and a first character that a spreadsheet would run are written as Zeek escapes: ``\x5c``.
There is no ``#open`` nor ``#close``: the same capture gives the same bytes.

Format: https://docs.zeek.org/en/master/log-formats.html; columns: https://docs.zeek.org/en/master/logs/conn.html
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from annotator.model import ICMP, ICMP6, NO_TIME, TCP, UDP, End, Flows, Grade, Outcome, Scope
from annotator.report.arrow import Array, compute, join
from annotator.report.columns import Kind
from annotator.report.flow_rows import BATCH_ROWS, Form
from annotator.report.provenance import provenance_line
from annotator.report.report import Report
from annotator.report.sanitize import FORMULA_STARTS, comment
from annotator.report.tables import joined

CONN: Final = {
    "ts": "time",
    "uid": "string",
    "id.orig_h": "addr",
    "id.orig_p": "port",
    "id.resp_h": "addr",
    "id.resp_p": "port",
    "proto": "enum",
    "service": "string",
    "duration": "interval",
    "orig_bytes": "count",
    "resp_bytes": "count",
    "conn_state": "string",
    "local_orig": "bool",
    "local_resp": "bool",
    "missed_bytes": "count",
    "history": "string",
    "orig_pkts": "count",
    "orig_ip_bytes": "count",
    "resp_pkts": "count",
    "resp_ip_bytes": "count",
    "tunnel_parents": "set[string]",
    "vlan": "int",
    "inner_vlan": "int",
    "community_id": "string",
}
"""Columns of Zeek's conn.log (base/protocols/conn and the policies vlan-logging and community-id-logging): types."""

KNOWN: Final = frozenset(
    {
        *("duration_s", "initiator_addr", "responder_addr", "initiator_packets", "responder_packets"),
        *("initiator_bytes", "responder_bytes", "initiator_payload_bytes", "responder_payload_bytes", "community_id"),
    }
)
"""Flow columns that stand among Zeek's, with nothing lost."""
SETS: Final = frozenset({"initiator_service_names", "responder_service_names"})
RENAMED: Final = {"vlan": "vlan_stack"}
"""Flow columns whose name means something else to Zeek."""
TYPES: Final = {
    Kind.TIME: "string",  # Zeek's own times are floating point
    Kind.INTEGER: "count",
    Kind.PORT: "port",
    Kind.OCTET: "count",
    Kind.WORD: "string",
    Kind.TEXT: "string",
    Kind.FLAG: "bool",
}
PROTOCOLS: Final = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMP6: "icmp"}
"""Zeek's names of transports; it calls all others ``unknown_transport``."""
RESET: Final = 4
"""TCP's flag RST."""


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes, a batch of flows at a time."""
    del flows, rows  # it holds flows, and nothing else
    rest = [column for column in report.flow_rows.columns if column.name not in KNOWN]
    fields = [*CONN, *(RENAMED.get(column.name, column.name) for column in rest)]
    kinds = [*CONN.values(), *("set[string]" if column.name in SETS else TYPES[column.kind] for column in rest)]
    said = [*report.caveat.splitlines(), comment(provenance_line(report))]
    lines = [
        "#separator \\x09",
        "#set_separator\t,",
        "#empty_field\t(empty)",
        "#unset_field\t-",
        "#path\tconn",
        *(f"# {line}".rstrip() for line in said),
        "\t".join(("#fields", *fields)),
        "\t".join(("#types", *kinds)),
    ]
    yield "".join(f"{line}\n" for line in lines).encode()
    table = report.flow_rows
    for number, batch in enumerate(table.batches(Form.TEXT)):
        start = number * BATCH_ROWS
        values = _conn(batch, table.codes, slice(start, start + len(batch)))
        values += [_own(batch.column(column.name), column.name in SETS) for column in rest]
        yield joined(join(join(*values, between="\t", missing="-"), "\n"))


def _conn(batch: pa.RecordBatch, flows: Flows, rows: slice) -> list[Array]:
    """Make Zeek's columns, in order."""

    def numbers(values: Any, missing: Any = None) -> Array:
        column: Array = pa.array(values, mask=missing).cast(pa.string())
        return column

    def chosen(words: list[str], codes: Any) -> Array:
        column: Array = pa.array(words, pa.string()).take(pa.array(codes))
        return column

    count = len(batch)
    nothing = pa.nulls(count, pa.string())
    first, last = flows.first_ns[rows], flows.last_ns[rows]
    timeless = (first == NO_TIME) | (last == NO_TIME)
    icmp = flows.icmp_type[rows] >= 0
    orig_p, resp_p = (
        np.where(icmp, getattr(flows, kind)[rows], np.maximum(getattr(flows, port)[rows], 0))
        for kind, port in (("icmp_type", "initiator_port"), ("icmp_code", "responder_port"))
    )
    keywords = [PROTOCOLS.get(number, "unknown_transport") for number in range(256)]
    confirmed = pa.array(flows.observed_grade[rows] == Grade.CONFIRMED)
    service = compute.if_else(confirmed, batch.column("observed"), pa.scalar(None, pa.string()))
    stack = flows.vlan[rows]
    depth = stack & np.uint64(15)
    vlans = [
        numbers((stack >> np.uint64(4 + 12 * place)) & np.uint64(0xFFF), depth <= np.uint64(place)) for place in (0, 1)
    ]
    ns = np.where(timeless, 0, last) - np.where(timeless, 0, first)
    return [
        _seconds(np.where(timeless, 0, first) // 1000 * 1000, timeless, 6),
        join("A", numbers(np.arange(rows.start, rows.stop))),
        batch.column("initiator_addr"),
        numbers(orig_p),
        batch.column("responder_addr"),
        numbers(resp_p),
        chosen(keywords, flows.proto[rows]),
        _escaped(compute.replace_substring(service, "+", ",")),  # Zeek lists what runs in a connection
        _seconds(ns, timeless, 9),
        batch.column("initiator_payload_bytes").cast(pa.string()),
        batch.column("responder_payload_bytes").cast(pa.string()),
        chosen(STATES, conn_states(flows, rows)),
        chosen(["F", "T"], (flows.initiator_scope[rows] == Scope.LOCAL).astype(np.int8)),
        chosen(["F", "T"], (flows.responder_scope[rows] == Scope.LOCAL).astype(np.int8)),
        nothing,
        nothing,
        *(batch.column(name).cast(pa.string()) for name in ("initiator_packets", "initiator_bytes")),
        *(batch.column(name).cast(pa.string()) for name in ("responder_packets", "responder_bytes")),
        nothing,
        *vlans,
        batch.column("community_id"),
    ]


STATES: Final = ["S0", "REJ", "OTH", "SF", "S1", "RSTO", "RSTR"]
"""Zeek's words for what became of a connection, as far as flows tell them; :func:`conn_states` gives indices."""


def conn_states(flows: Flows, rows: slice) -> Any:
    """Tell the ``conn_state`` of flows, (n,): nobody answered, refused, not seen from the start, or how it ended."""
    outcome, end = flows.outcome[rows], flows.end[rows]
    reset = (end == End.RST).astype(np.int8)
    by_responder = ((flows.tcp_flags_initiator[rows] & RESET) == 0).astype(np.int8)
    lasting = ((flows.proto[rows] == TCP) & (end != End.FIN)).astype(np.int8)
    state = np.where(reset, 5 + by_responder, 3 + lasting)
    state = np.where(np.isin(outcome, (Outcome.MIDSTREAM, Outcome.ONE_SIDED)), 2, state)
    state = np.where(outcome == Outcome.REFUSED, 1, state)
    return np.where(np.isin(outcome, (Outcome.NO_ANSWER, Outcome.PROHIBITED)), 0, state)


def _seconds(ns: Any, missing: Any, digits: int) -> Array:
    """Write nanoseconds as seconds with so many digits behind the point."""

    whole, fraction = np.divmod(ns, 1_000_000_000)
    fraction = fraction // 10 ** (9 - digits)
    texts = pa.array(fraction).cast(pa.string())
    padded = compute.utf8_lpad(texts, digits, "0")
    written: Array = join(pa.array(whole, mask=missing).cast(pa.string()), padded, between=".")
    return written


def _own(column: Array, as_set: bool) -> Array:
    """Write a column of a flow row."""

    written: Array
    if pt.is_boolean(column.type):
        written = compute.if_else(column, "T", "F")
    elif not pt.is_string(column.type):
        written = column.cast(pa.string())
    elif as_set:
        elements = compute.replace_substring(compute.replace_substring(_escaped(column), ",", "\\x2c"), " ", ",")
        written = compute.fill_null(elements, "(empty)")
    else:
        written = _escaped(column)
    return written


def _escaped(column: Any) -> Any:
    """Escape what Zeek escapes: the text itself is of printable characters already."""

    column = compute.replace_substring(column, "\\", "\\x5c")
    column = compute.replace_substring_regex(column, r"^-$", r"\\x2d")
    column = compute.replace_substring_regex(column, r"^\(empty\)$", r"\\x28empty)")
    for character in FORMULA_STARTS:
        octets = "".join(f"\\x{octet:02x}" for octet in character.encode())
        starts = compute.starts_with(column, character)
        if compute.any(starts).as_py():
            cut = compute.utf8_slice_codeunits(column, 1)
            column = compute.if_else(starts, join(octets, cut), column)
    return column
