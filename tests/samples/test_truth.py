"""The truth table says of each capture what tshark sees in it: who asked whom, how often, and what came of it."""

from collections import Counter
from ipaddress import ip_address

import pytest

from annotator.model import Outcome
from tests.samples.table import CAPTURES, ROWS, SAMPLES, Row, rows_of
from tests.samples.witness import End, Flow, flows_of, needs_tshark

BUDGET = 2_000_000
NO_SERVER = {"closed", "prohibited", "silent"}


def test_samples_stay_small() -> None:
    """All captures and their table are under 2 MB together."""
    files = [*SAMPLES.glob("*.pcap*"), *SAMPLES.glob("*.csv")]
    assert sum(file.stat().st_size for file in files) < BUDGET


def test_every_capture_is_in_the_table() -> None:
    """No capture lacks its truth, and no truth its capture."""
    assert {file.name for file in SAMPLES.glob("*.pcap*")} == set(CAPTURES)


def test_an_endpoint_has_one_row() -> None:
    """The table holds one row for each capture, VLAN, tunnel and endpoint."""
    keys = Counter((row.capture, row.tunnel, row.endpoint) for row in ROWS)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.capture}-{row.responder_addr}-{row.responder_port}")
def test_rows_are_well_formed(row: Row) -> None:
    """Outcomes are the schema's words, addresses are addresses, and a server is named where one ran."""
    assert row.outcome in Outcome.words()
    assert all(ip_address(address) for address in (row.responder_addr, *row.initiator_addrs))
    assert row.initiator_addrs
    assert row.server or row.protocol in {"closed", "vxlan"}
    assert row.payload in {"both", "initiator", "responder", "none"}
    assert row.payload == "none" or row.protocol not in NO_SERVER
    if row.related_to:
        announcing = {f"{other.responder_addr}:{other.responder_port}/{other.transport}" for other in ROWS}
        assert row.related_to in announcing


@needs_tshark
@pytest.mark.parametrize("capture", CAPTURES)
def test_every_flow_has_its_row(capture: str) -> None:
    """Each flow that tshark sees has exactly one end in the table, and each row has its flows and its clients."""
    rows = {row.endpoint: row for row in rows_of(capture)}
    clients: dict[tuple[str, str, str, int], list[End]] = {}
    unknown = []
    for ends in flows_of(SAMPLES / capture):
        responders = [end for end in ends if end.endpoint in rows]
        if len(responders) != 1:
            unknown.append(ends)
            continue
        (initiator,) = ends - set(responders)
        clients.setdefault(responders[0].endpoint, []).append(initiator)
    assert unknown == []
    assert {key: {end.addr for end in ends} for key, ends in clients.items()} == {
        key: set(row.initiator_addrs) for key, row in rows.items()
    }
    counted = {key: len(clients[key]) for key, row in rows.items() if row.flows is not None}
    assert counted == {key: row.flows for key, row in rows.items() if row.flows is not None}


@needs_tshark
@pytest.mark.parametrize("capture", CAPTURES)
def test_outcomes_are_what_the_wire_shows(capture: str) -> None:
    """Handshakes, resets, ICMP errors and silence bear every row's outcome out."""
    rows = {row.endpoint: row for row in rows_of(capture)}
    wrong = []
    for ends, flow in flows_of(SAMPLES / capture).items():
        for end in ends:
            row = rows.get(end.endpoint)
            if row and not _bears_out(row, end, flow):
                wrong.append((row, flow))
    assert wrong == []


def _bears_out(row: Row, responder: End, flow: Flow) -> bool:
    answered = responder in flow.senders
    both = len(set(flow.senders)) == 2
    errors = {word for word, by in flow.errors if by == responder}
    handshake = row.transport != "udp"
    match row.outcome:
        case "established":
            accepted = responder in flow.accepted_by or not handshake
            return both and accepted and not errors
        case "refused":
            reset = responder in flow.reset_by and responder not in flow.accepted_by
            return reset or (not answered and errors == {"refused"})
        case "prohibited":
            return not answered and errors == {"prohibited"}
        case "no_answer":
            return not answered and not errors
        case "midstream":
            return both and not flow.opened_by and not flow.accepted_by
        case "one_sided":
            return not both
    return False
