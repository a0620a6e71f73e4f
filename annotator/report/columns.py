"""The one schema: every column of every table that a report holds, with its type, unit, source and meaning.

Writers take their headers and types from here, and the README's table is made from here. Column names are public.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a column holds; each format and the DataFrame map a kind to a type of their own."""

    TIME = "time"
    """UTC, to the nanosecond: ISO 8601 text, ``timestamp[ns, UTC]``, ``datetime64[ns, UTC]``."""
    SECONDS = "seconds"
    """64-bit float."""
    INTEGER = "integer"
    """64-bit, never empty."""
    PORT = "port"
    """16-bit unsigned, empty where there is none."""
    OCTET = "octet"
    """8-bit unsigned, empty where there is none."""
    WORD = "word"
    """One of few words: pandas' ``category``."""
    TEXT = "text"
    """Any text, empty (never ``""``) where there is none."""
    FLAG = "flag"
    """true or false."""
    LIST = "list"
    """Texts: a list in JSON, joined by a space in flat formats."""
    TALLY = "tally"
    """Number by word: an object in JSON, ``word=number`` joined by a space in flat formats."""


PANDAS: Final = {
    Kind.TIME: "datetime64[ns, UTC]",
    Kind.SECONDS: "float64",
    Kind.INTEGER: "int64",
    Kind.PORT: "UInt16",
    Kind.OCTET: "UInt8",
    Kind.WORD: "category",
    Kind.TEXT: "str",
    Kind.FLAG: "bool",
}
"""The DataFrame's dtype of each kind in a flow row (``str`` is ``object`` before pandas 3)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, where the number comes from, and when it lies."""

    name: str
    kind: Kind
    doc: str
    unit: str = ""
    source: str = ""
    lies: str = ""


def _end_columns(end: str) -> tuple[Column, ...]:
    """Build the annotation columns of one end of a flow."""
    return (
        Column(
            f"{end}_range_class",
            Kind.WORD,
            f"`system` 0-1023, `user` 1024-49151, `dynamic` 49152-65535, `none` without a port; of the {end}",
            source="RFC 6335 section 6",
        ),
        Column(
            f"{end}_status",
            Kind.WORD,
            "`assigned`, `reserved`, `unassigned` (stated), `not_listed` (no record), `dynamic` (never assigned), "
            "`none` (no port, or no registry for this transport)",
            source="IANA",
            lies="says nothing of what runs on the port",
        ),
        Column(f"{end}_status_detail", Kind.TEXT, "what the registry adds to the status", source="IANA"),
        Column(
            f"{end}_service",
            Kind.TEXT,
            "the service name that the registry gives the port, the preferred one of several",
            source="IANA",
            lies="is the assignment, never the observation",
        ),
        Column(f"{end}_service_names", Kind.TEXT, "all of the port's service names, joined by a space", source="IANA"),
        Column(f"{end}_unauthorized_use", Kind.TEXT, "unauthorised use reported to IANA, in its words", source="IANA"),
    )


def _counters(what: str, unit: str, doc: str, source: str, lies: str) -> tuple[Column, ...]:
    """Build a counter's two columns; what is said of it stands with the first."""
    return (
        Column(f"initiator_{what}", Kind.INTEGER, f"{doc}, sent by the initiator", unit, source, lies),
        Column(f"responder_{what}", Kind.INTEGER, f"{doc}, sent by the responder", unit, source),
    )


FLOW: Final[tuple[Column, ...]] = (
    Column("first_seen", Kind.TIME, "the flow's first packet", "UTC", "capture", "empty where packets carry no time"),
    Column("last_seen", Kind.TIME, "the flow's last packet", "UTC", "capture"),
    Column("duration_s", Kind.SECONDS, "`last_seen` less `first_seen`", "s", "capture"),
    Column(
        "first_frame",
        Kind.INTEGER,
        "number of the flow's first packet in its capture, counted from 1",
        "",
        "capture",
        "is 0 for a flow known only from an ICMP error that quotes it",
    ),
    Column(
        "transport",
        Kind.WORD,
        "`tcp`, `udp`, `udplite`, `sctp`, `dccp`, `icmp`, `icmp6`, else the IP protocol's keyword in lower case",
        source="IP header",
    ),
    Column("initiator_addr", Kind.TEXT, "who opened the flow", source="`direction_basis`; RFC 5952 for IPv6"),
    Column("initiator_port", Kind.PORT, "its port; empty where there is none", source="transport header"),
    Column("responder_addr", Kind.TEXT, "who was asked", source="`direction_basis`"),
    Column(
        "responder_port",
        Kind.PORT,
        "its port: the one that the flow is about",
        source="transport header",
        lies="is the wrong one where the direction was guessed wrong: see `direction_basis`",
    ),
    Column("icmp_type", Kind.OCTET, "of the initiator's message", source="ICMP header"),
    Column("icmp_code", Kind.OCTET, "of the initiator's message", source="ICMP header"),
    Column(
        "direction_basis",
        Kind.WORD,
        "how initiator and responder were told apart, best first: `handshake`, `message`, `fan_in`, `registry`, "
        "`first_packet`",
        lies="`first_packet` is a guess where the capture starts in mid-stream",
    ),
    Column(
        "outcome",
        Kind.WORD,
        "`established`, `refused` (RST or ICMP port unreachable), `prohibited` (ICMP), `no_answer`, `midstream`, "
        "`one_sided`",
        lies="packets that the capture missed look like packets that were not sent",
    ),
    Column("end", Kind.WORD, "how the flow ended: `fin`, `rst`, `idle` or `active` (timeouts), `open`"),
    Column(
        "initiator_scope", Kind.WORD, "`local` or `remote`", source="`--local`", lies="a private address may be remote"
    ),
    Column("responder_scope", Kind.WORD, "`local` or `remote`", source="`--local`"),
    *_counters("packets", "packets", "packets", "capture", "counts a fragment as a packet"),
    *_counters(
        "bytes",
        "bytes",
        "IP octets, header included",
        "IP header (IPFIX octetDeltaCount)",
        "is the frame's remainder where segmentation offload left the header's length at 0",
    ),
    *_counters(
        "frame_bytes", "bytes", "frame lengths on the wire", "capture", "a frame with several IP headers counts in each"
    ),
    *_counters("payload_bytes", "bytes", "transport payload", "IP and transport headers", "counts retransmissions"),
    Column(
        "tcp_flags_initiator",
        Kind.TEXT,
        "letters of `FSRPAUEC` for the flags that the initiator ever set; empty where not TCP",
        source="TCP header",
    ),
    Column("tcp_flags_responder", Kind.TEXT, "the same of the responder", source="TCP header"),
    Column("vlan", Kind.TEXT, "VLAN ids, outermost first, joined by `.`", source="802.1Q, 802.1ad"),
    Column("tunnel", Kind.TEXT, "the tunnels that the flow is in, outermost first, joined by `/`", source="headers"),
    Column("community_id", Kind.TEXT, "Community ID, version 1, seed 0", source="its specification"),
    *_end_columns("initiator"),
    *_end_columns("responder"),
    Column(
        "observed",
        Kind.WORD,
        "the protocol that the payload shows, found without looking at the port",
        source="payload",
    ),
    Column(
        "observed_grade",
        Kind.WORD,
        "`confirmed` (parsed), `speculative` (a signature), `not_observed`, `not_applicable` (no ports)",
        source="payload",
    ),
    Column("observed_basis", Kind.WORD, "the message that showed it", source="payload"),
    Column(
        "observed_label",
        Kind.TEXT,
        "a name found in it (SNI, Host, query name, banner)",
        source="payload",
        lies="is what the sender wrote",
    ),
    Column(
        "agreement",
        Kind.WORD,
        "assignment and observation compared: `matches`, `differs`, `not_comparable`, `unassigned_use`, `no_answer`, "
        "`not_observed`, `not_applicable`",
        source="registry and payload",
    ),
    Column("agreement_reason", Kind.WORD, "why, in words", source="registry and payload"),
    Column(
        "unknown_port",
        Kind.FLAG,
        "whether the responder's port has a status other than `assigned` and no related flow explains it",
        source="registry",
    ),
    Column("related_to", Kind.TEXT, "Community ID of the flow that announced this one", source="payload"),
    Column("site", Kind.TEXT, "what the site's own overlay says", source="site overlay"),
)
"""One row a flow."""

_CLAIM: Final = "is a claim of who sent it; the address is what was seen"

BESIDE: Final = {
    column.name: column
    for end in ("initiator", "responder")
    for column in (
        Column(f"{end}_name", Kind.TEXT, f"a name of the {end}, from the capture", source="payload", lies=_CLAIM),
        Column(
            f"{end}_name_basis",
            Kind.TEXT,
            "where that is from: `sni`, `host`, `dns answer` (to this initiator, before), `dns answer to others`, "
            "`dns ptr`, `sni of others`, `host of others`; `mdns` and `llmnr` likewise",
            source="payload",
        ),
        Column(f"{end}_country", Kind.TEXT, "where a remote end is said to be", source="`--mmdb`"),
        Column(f"{end}_asn", Kind.TEXT, "number and name of a remote end's network", source="`--mmdb`"),
    )
}
"""Columns that stand behind all others when `--resolve` or `--mmdb` ask for them: in flow rows those of both ends; in
rows on single endpoints the responder's, of the most flows; in service rows the responders', that of the most flows
first."""

_KEY: Final[tuple[Column, ...]] = (
    Column("transport", Kind.WORD, "as in a flow row"),
    Column("port", Kind.PORT, "the responders' port; empty where the transport has none"),
)

_GROUP: Final[tuple[Column, ...]] = (
    Column("range_class", Kind.WORD, "of the port", source="RFC 6335 section 6"),
    Column("status", Kind.WORD, "of the port", source="IANA"),
    Column("status_detail", Kind.TEXT, "what the registry adds to the status", source="IANA"),
    Column("service", Kind.TEXT, "the port's preferred service name", source="IANA"),
    Column("service_names", Kind.LIST, "all of its service names", source="IANA"),
    Column("site", Kind.TEXT, "what the site's own overlay says of the responders", source="site overlay"),
    Column("observed", Kind.TALLY, "flows by the protocol that their payload shows", "flows", "payload"),
    Column("agreement", Kind.TALLY, "flows by agreement", "flows"),
    Column("outcome", Kind.TALLY, "flows by outcome", "flows"),
    Column("flows", Kind.INTEGER, "number of flows", "flows"),
    Column("initiators", Kind.INTEGER, "different addresses that opened them", "addresses"),
    Column("responders", Kind.INTEGER, "different addresses that were asked", "addresses"),
    Column("packets", Kind.INTEGER, "packets of both directions", "packets"),
    Column("bytes", Kind.INTEGER, "IP octets of both directions", "bytes"),
    Column("first_seen", Kind.TIME, "the first packet of all", "UTC"),
    Column("last_seen", Kind.TIME, "the last packet of all", "UTC"),
    Column(
        "wireshark_filter",
        Kind.TEXT,
        "a display filter for Wireshark and tshark that shows the flows' packets",
        lies="also shows ICMP errors that quote them; a service's also an initiator that has this port by chance",
    ),
)

_RESPONDER: Final = Column("responder_addr", Kind.TEXT, "who was asked")
_FINDING: Final[tuple[Column, ...]] = (
    Column("peers", Kind.LIST, "the initiators with the most flows, at most 20"),
    Column("peer_count", Kind.INTEGER, "how many there are in truth", "addresses"),
    Column("inbound_peers", Kind.INTEGER, "how many of them are remote while the responder is local", "addresses"),
    Column(
        "handshakes",
        Kind.INTEGER,
        "flows whose handshake was completed: accepted, and with TCP acknowledged; 0 where a transport has none",
        "flows",
        lies="misses those whose beginning the capture does not hold",
    ),
    Column("observed_grade", Kind.WORD, "of the surest observation, as in a flow row", source="payload"),
    Column("observed_basis", Kind.WORD, "the message that showed it", source="payload"),
    Column("observed_label", Kind.TEXT, "a name found in it", source="payload", lies="is what the sender wrote"),
)
_JUDGED: Final[tuple[Column, ...]] = (
    Column("severity", Kind.WORD, "`high`, `medium`, `low` or `info`"),
    Column("severity_reason", Kind.TEXT, "why, in words"),
    Column("next_step", Kind.TEXT, "what to look at next"),
)
_SCOPE: Final = Column("responder_scope", Kind.WORD, "`local` or `remote`", source="`--local`")
_UNAUTHORIZED: Final = Column(
    "unauthorized_use", Kind.TEXT, "unauthorised use reported to IANA, in its words", source="IANA"
)

SERVICE: Final[tuple[Column, ...]] = (*_KEY, *_GROUP)
"""One row a (transport, responder's port)."""

UNKNOWN: Final[tuple[Column, ...]] = (
    _RESPONDER,
    *SERVICE,
    *_FINDING,
    _SCOPE,
    Column("port_range", Kind.TEXT, "the port or range of the registry's record", source="IANA"),
    Column(
        "assigned_elsewhere",
        Kind.LIST,
        "what the same number is assigned to on other transports, as `domain/udp`; `/tcp` for a use without a name",
        source="IANA",
    ),
    Column("answered", Kind.INTEGER, "flows in which the responder sent something that is no refusal", "flows"),
    _UNAUTHORIZED,
    Column(
        "only_scanned",
        Kind.FLAG,
        "whether every flow is part of a scan",
        lies="is true of a service whose only users are scanners",
    ),
    Column(
        "likely_ephemeral",
        Kind.FLAG,
        "whether the port was probably picked for the occasion, by a client or for a data channel",
    ),
    Column("likely_ephemeral_reason", Kind.TEXT, "why, in words"),
    *_JUDGED,
)
"""One row a (responder, transport, port) whose port is not assigned and that no related flow explains."""

ENDPOINT: Final[tuple[Column, ...]] = (
    _RESPONDER,
    *SERVICE,
    *_FINDING,
    Column("responder_scope", Kind.WORD, "`local` or `remote`", source="`--local`"),
    Column("answered", Kind.INTEGER, "flows in which the responder sent something that is no refusal", "flows"),
    Column("confirmed", Kind.LIST, "the observed protocols that are confirmed", source="payload"),
    Column("likely_ephemeral", Kind.FLAG, "whether the port was probably picked for the occasion"),
)
"""One row a (responder, transport, port) in use: not merely tried in vain, and not announced by another flow."""

DISAGREEMENT: Final[tuple[Column, ...]] = (
    _RESPONDER,
    *SERVICE,
    *_FINDING,
    _SCOPE,
    Column("expected", Kind.LIST, "the protocols that the port's services are known to speak"),
    _UNAUTHORIZED,
    *_JUDGED,
)
"""One row a (responder, transport, port, observed protocol) whose payload contradicts the assignment."""

SCAN: Final[tuple[Column, ...]] = (
    Column("initiator_addr", Kind.TEXT, "who tried"),
    Column("transport", Kind.WORD, "as in a flow row"),
    Column("responder_addr", Kind.TEXT, "who was tried; empty where there are several"),
    Column("port", Kind.PORT, "which port was tried; empty where there are several"),
    Column("hosts", Kind.INTEGER, "different addresses that were tried", "addresses"),
    Column("ports", Kind.INTEGER, "different ports that were tried", "ports"),
    Column("tried", Kind.INTEGER, "different pairs of both"),
    Column("answered", Kind.INTEGER, "how many of these pairs answered"),
    Column("flows", Kind.INTEGER, "number of flows", "flows"),
    Column("first_seen", Kind.TIME, "the first packet of all", "UTC"),
    Column("last_seen", Kind.TIME, "the last packet of all", "UTC"),
)
"""One row a (initiator, transport) that tried many ports, or many hosts, mostly without an answer."""


def beside_responder(names: list[str], *, listed: bool) -> tuple[Column, ...]:
    """Give those of the columns :data:`BESIDE` with some names that are of the responder; `listed` for service rows."""
    chosen = [BESIDE[name] for name in names if name.startswith("responder_")]
    return tuple(replace(column, kind=Kind.LIST) if listed else column for column in chosen)


def flow_table_markdown() -> str:
    """Give the flow columns as a Markdown table: the README's own table is this text."""
    lines = ["| column | type | unit | meaning |", "|---|---|---|---|"]
    for column in FLOW:
        meaning = column.doc
        if column.source:
            meaning += f" (from: {column.source})"
        if column.lies:
            meaning += f". *Careful:* {column.lies}"
        lines.append(f"| `{column.name}` | {PANDAS[column.kind]} | {column.unit} | {meaning} |")
    return "\n".join(lines) + "\n"
