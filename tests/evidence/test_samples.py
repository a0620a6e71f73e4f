"""On the project's own samples every server is observed for what it is, and every agreement is right."""

import pandas as pd
import pytest

import annotator
from tests.samples.table import CAPTURES, SAMPLES, Row, rows_of
from tests.samples.test_annotator import at_endpoint

UNTIED = {
    ("tcp", 8020): "intu-ec-svcdisc",
    ("tcp", 8200): "trivnet1",
    ("tcp", 8201): "trivnet2",
    ("tcp", 8207): "lm-sserver",
    ("tcp", 9200): "wap-wsp",
    ("tcp", 12010): "edbsrvr",
    ("udp", 9202): "wap-wsp-s",
    ("udp", 10201): "rscs",
    ("udp", 12009): "ghvpn",
}
"""Assigned ports of whose services nobody can tell what they speak, by the registry's name."""
UNASSIGNED = {
    *(("tcp", port) for port in (7214, 8077, 8119, 8120, 8202, 8203, 8209, 8210, 9120, 9121, 10321, 49731)),
    *(("tcp", port) for port in (49800, 49801, 49900)),
    *(("udp", port) for port in (4433, 8699, 10020, 11202, 12010, 49810)),
}
"""Ports that the registry assigns to nobody: read off it by hand, as the others are."""
ENCRYPTED = {("midstream.pcap", 7214): "of SSH, only what follows the key exchange was captured"}
"""Where a server says nothing that anybody could know it by."""


@pytest.fixture(scope="module")
def flows(request: pytest.FixtureRequest) -> pd.DataFrame:
    """The flows of a sample that have ports."""
    table = annotator.annotate(SAMPLES / request.param).flows
    table = table[table["responder_port"].notna()]
    return table.assign(
        **{name: table[name].astype(object).where(table[name].notna(), "") for name in ("vlan", "tunnel")}
    )


def mine(flows: pd.DataFrame, row: Row) -> pd.DataFrame:
    """Give the flows of the row's endpoint; of those that begin with the server's packet, it is the initiator."""
    return flows[at_endpoint(flows, row, "responder") | at_endpoint(flows, row, "initiator")]


def spoke(row: Row) -> bool:
    """Whether somebody said something in a protocol that has a name."""
    return row.payload != "none" and row.protocol not in ("raw", "closed", "prohibited", "silent")


def right(row: Row) -> str:
    """Give the agreement of a flow to the row's server, by the lists above."""
    if (row.transport, row.responder_port) in UNASSIGNED:
        return "unassigned_use"
    if (row.transport, row.responder_port) in UNTIED:
        return "not_comparable"
    return "differs" if (row.protocol, row.responder_port) == ("ssh", 443) else "matches"


each_capture = pytest.mark.parametrize(
    ("flows", "capture"), [(capture, capture) for capture in CAPTURES], indirect=["flows"], ids=CAPTURES
)


@each_capture
def test_every_server_is_observed_for_what_it_is(flows: pd.DataFrame, capture: str) -> None:
    """On its own port and on the foreign one, confirmed."""
    wrong = []
    for row in rows_of(capture):
        seen = set(zip(*(mine(flows, row)[name] for name in ("observed", "observed_grade")), strict=True))
        if spoke(row) and (capture, row.responder_port) not in ENCRYPTED and seen != {(row.protocol, "confirmed")}:
            wrong.append((row, seen))
    assert wrong == []


@each_capture
def test_every_agreement_is_right(flows: pd.DataFrame, capture: str) -> None:
    """Borne out, contradicted, of an unassigned port, or not to be compared."""
    wrong = []
    for row in rows_of(capture):
        seen = set(mine(flows, row)["agreement"])
        if spoke(row):
            wrong += [(row, seen)] if seen != {right(row)} else []
        elif row.outcome in ("refused", "prohibited"):
            wrong += [(row, seen)] if seen != {"no_answer"} else []
        elif row.protocol == "raw":
            wrong += [(row, seen)] if seen & {"matches", "differs"} else []
    assert wrong == []


@each_capture
def test_nothing_is_taken_for_what_it_is_not(flows: pd.DataFrame, capture: str) -> None:
    """Bytes of no protocol are observed as nothing."""
    raw = [row for row in rows_of(capture) if row.protocol == "raw"]
    assert [row for row in raw if mine(flows, row)["observed"].notna().any()] == []
