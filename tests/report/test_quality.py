"""What bounds the findings is said, and nothing is said of a sound capture."""

from dataclasses import replace
from typing import Any

import pytest

from annotator.model import UDP, DirectionBasis, Issue, Outcome
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, summary

SOUND = summary("a.pcap", packets_read=100, packets_decoded=98, packets_stopped=2, stopped={"not_ip": 2})


def lines(flows: list[dict[str, Any]] | None = None, **capture: Any) -> list[str]:
    return Report(make_analysis(flows or [flow()], captures=[replace(SOUND, **capture)])).quality


def test_a_sound_capture_gives_no_warning() -> None:
    """ARP beside IP is normal, and so is a drop count of none."""
    assert lines() == []
    assert lines(drops=0, stopped={"not_ip": 60}, packets_stopped=60) == []


def test_a_capture_cut_short_says_why() -> None:
    """The reason that reading ended early is passed on."""
    assert lines(complete=False, note="the last record is cut") == [
        "a.pcap was not read to its end: the last record is cut"
    ]


def test_lost_packets_are_counted() -> None:
    """Drops are given with their share of what was on the wire."""
    assert lines(drops=25) == ["a.pcap: 25 packets (20.0 %) were lost while capturing"]


def test_undecoded_packets_are_told_where_they_are_many() -> None:
    """Packets that hold no IP do not count; those that could not be decoded do."""
    (line,) = lines(packets_stopped=50, stopped={"not_ip": 2, "unsupported": 48})
    assert "48.0 % of the packets could not be decoded" in line


def test_guessed_directions_are_told() -> None:
    """Flows from mid-stream whose direction is a guess may be swapped."""
    guess = {"outcome": Outcome.MIDSTREAM, "direction_basis": DirectionBasis.FIRST_PACKET}
    (line,) = lines([flow(**guess), flow(**guess), flow()])
    assert line.startswith("the capture holds 2 flows from mid-stream")
    assert lines([flow(outcome=Outcome.MIDSTREAM, direction_basis=DirectionBasis.REGISTRY)]) == []


def test_one_sided_captures_are_told() -> None:
    """A capture that shows one direction of most connections says so; a few are normal, and so is multicast."""
    one = [flow(outcome=Outcome.ONE_SIDED, sport=k) for k in range(8)]
    (line,) = lines([*one, flow()])
    assert "88.9 % of the connections show one direction only" in line
    assert lines([*one[:4], *[flow(sport=100 + k) for k in range(4)]]) == []
    assert lines([flow(outcome=Outcome.ONE_SIDED, proto=UDP, sport=k) for k in range(8)]) == []


@pytest.mark.parametrize("name", ["no_time", "snap_cut"])
def test_issues_that_bound_the_findings_are_told(name: str) -> None:
    """Packets without time or payload stand in the first lines."""
    report = Report(make_analysis([flow()], issues=[Issue(name, "file", 1234, 1)]))
    (line,) = report.quality
    assert line.startswith("1,234 packets")
