"""annotator finds in every sample the endpoints, flows, outcomes and directions that the truth table holds."""

import pandas as pd
import pytest

import annotator
from tests.samples.table import CAPTURES, SAMPLES, Row, rows_of

SERVER_FIRST = {
    ("midstream.pcap", 8077): "the capture's first packet of the session is the broker's",
    ("sctp.pcap", 7): "the second path's heartbeats begin from either end",
    ("transfers.pcapng", 67): "the answer to a broadcast begins a flow of its own",
    ("transfers.pcapng", 49810): "TFTP's data begins a flow of its own",
}
"""Where the first packet is the server's, so that only payload can tell who asked."""


@pytest.fixture(scope="module")
def flows(request: pytest.FixtureRequest) -> pd.DataFrame:
    """The flows of a sample that have ports, both ends' text as the truth table writes it."""
    table = annotator.annotate(SAMPLES / request.param).flows
    table = table[table["responder_port"].notna()]
    return table.assign(
        **{name: table[name].astype(object).where(table[name].notna(), "") for name in ("vlan", "tunnel")}
    )


def at_endpoint(flows: pd.DataFrame, row: Row, end: str) -> "pd.Series[bool]":
    """Say which flows have the row's endpoint as their initiator or responder (``end``)."""
    return (
        (flows[f"{end}_addr"] == row.responder_addr)
        & (flows[f"{end}_port"] == row.responder_port)
        & (flows["transport"] == row.transport)
        & (flows["vlan"] == row.vlan)
        & (flows["tunnel"] == row.tunnel)
    )


each_capture = pytest.mark.parametrize(
    ("flows", "capture"), [(capture, capture) for capture in CAPTURES], indirect=["flows"], ids=CAPTURES
)


@each_capture
def test_flows_and_outcomes_are_the_truth(flows: pd.DataFrame, capture: str) -> None:
    """Each endpoint of the table has its flows with its outcome, and there are no other flows with ports."""
    unexplained = pd.Series(data=True, index=flows.index)
    wrong = []
    for row in rows_of(capture):
        mine = at_endpoint(flows, row, "responder") | at_endpoint(flows, row, "initiator")
        unexplained &= ~mine
        outcomes = set(flows.loc[mine, "outcome"])
        if outcomes != {row.outcome} or row.flows not in (None, int(mine.sum())):
            wrong.append((row, outcomes, int(mine.sum())))
    assert wrong == []
    assert flows[unexplained].empty


@each_capture
def test_responders_are_the_servers(flows: pd.DataFrame, capture: str) -> None:
    """No flow is swapped, save where nothing but the first packet told the ends apart and that was the server's."""
    swapped = []
    for row in rows_of(capture):
        backward = flows[at_endpoint(flows, row, "initiator")]
        excused = backward["direction_basis"].eq("first_packet") & ((capture, row.responder_port) in SERVER_FIRST)
        swapped += [(row, basis) for basis in backward.loc[~excused, "direction_basis"]]
        forward = flows[at_endpoint(flows, row, "responder")]
        assert set(forward["initiator_addr"]) <= row.initiator_addrs
        if backward.empty:
            assert set(forward["initiator_addr"]) == row.initiator_addrs
    assert swapped == []


@pytest.mark.parametrize("capture", CAPTURES)
def test_drops_are_told(capture: str) -> None:
    """The one capture that lost packets says so; a pcapng that lost none says that too; a pcap can say nothing."""
    (summary,) = annotator.annotate(SAMPLES / capture).to_dict()["captures"]
    if capture == "drops.pcapng":
        assert summary["drops"] > 0
    else:
        assert summary["drops"] == (0 if capture.endswith(".pcapng") else None)
