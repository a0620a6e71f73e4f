"""Scans are told from services."""

from typing import Any

import pytest

from annotator.model import UDP, Outcome
from annotator.report.columns import SCAN
from annotator.report.report import Report
from annotator.report.scans import MIN_TARGETS
from tests.report.synthetic import flow, make_analysis

SCANNER = "203.0.113.9"


def tries(ports: range, outcome: Outcome = Outcome.REFUSED, **more: Any) -> list[dict[str, Any]]:
    return [flow(SCANNER, "10.0.4.17", port, outcome=outcome, initiator_payload_bytes=0, **more) for port in ports]


def test_many_ports_of_one_host_are_a_scan() -> None:
    """The scan is one row that says how many ports were tried and how many answered."""
    flows = [*tries(range(1, 1022)), *tries(range(1022, 1025), Outcome.ESTABLISHED)]
    (row,) = Report(make_analysis(flows)).scans
    assert list(row) == [column.name for column in SCAN]
    assert (row["initiator_addr"], row["responder_addr"], row["transport"]) == (SCANNER, "10.0.4.17", "tcp")
    assert (row["tried"], row["ports"], row["hosts"], row["answered"], row["port"]) == (1024, 1024, 1, 3, None)


def test_one_port_of_many_hosts_is_a_scan() -> None:
    """So is a sweep; the row names the port instead of the host."""
    flows = [flow(SCANNER, f"10.0.4.{k}", 7214, outcome=Outcome.NO_ANSWER) for k in range(1, 255)]
    (row,) = Report(make_analysis(flows)).scans
    assert (row["responder_addr"], row["port"], row["hosts"], row["tried"], row["answered"]) == (
        None,
        7214,
        254,
        254,
        0,
    )


def test_a_block_scan_is_one_row() -> None:
    """Many ports of many hosts by one address are one scan, not one a host."""
    flows = [
        flow(SCANNER, f"10.0.4.{host}", port, outcome=Outcome.NO_ANSWER)
        for host in range(1, 21)
        for port in range(7000, 7020)
    ]
    (row,) = Report(make_analysis(flows)).scans
    assert (row["hosts"], row["ports"], row["tried"]) == (20, 20, 400)


@pytest.mark.parametrize(
    "flows",
    [
        tries(range(1, MIN_TARGETS)),  # a client that tries a few ports
        tries(range(1, 100), Outcome.ESTABLISHED),  # a server with many services
        tries(range(1, 100), Outcome.ONE_SIDED),  # a capture that holds one direction only
        [flow(f"10.0.1.{k}", "10.0.4.17", 7214, outcome=Outcome.REFUSED) for k in range(1, 200)],  # a dead service
        [
            flow(SCANNER, "10.0.4.17", 7214, sport=k, outcome=Outcome.REFUSED) for k in range(1, 200)
        ],  # a retrying client
    ],
    ids=["few", "answered", "one-sided", "dead service", "retries"],
)
def test_ordinary_failures_are_no_scan(flows: list[dict[str, Any]]) -> None:
    """Few targets, mostly answered ones, unseen answers and retries are not scans."""
    assert len(Report(make_analysis(flows)).scans) == 0


def test_scanned_endpoints_that_answered_stay_findings() -> None:
    """A scan does not hide what it found: the open port ranks, the closed ones are information."""
    flows = [
        *tries(range(7000, 7100), initiator_scope=1),
        *tries(range(7214, 7215), Outcome.ESTABLISHED, initiator_scope=1),
    ]
    report = Report(make_analysis(flows))
    first, *others = report.unknown_ports
    assert (first["port"], first["severity"], first["only_scanned"]) == (7214, "high", True)
    assert {row["severity"] for row in others} == {"info"}
    assert all(row["only_scanned"] for row in others)


def test_udp_scans_count_silence() -> None:
    """A UDP scan is known by ports that refuse or keep silent."""
    flows = tries(range(1, 40), Outcome.NO_ANSWER, proto=UDP)
    (row,) = Report(make_analysis(flows)).scans
    assert row["transport"] == "udp"
