"""The timeline of unknown-port traffic: every byte in some bin, where the flow was."""

import pytest

from annotator.model import NO_TIME
from annotator.report.facts import Facts
from annotator.report.timeline import MOST_BINS, unknown_timeline
from tests.report.synthetic import START_NS, flow, make_analysis, random_flows, wrap

SECOND = 1_000_000_000


def timed(first_s: float, last_s: float, octets: int, port: int = 7214) -> dict[str, object]:
    """Make a flow with given first and last packets and bytes."""
    return flow(
        port=port,
        initiator_bytes=octets,
        responder_bytes=0,
        first_ns=START_NS + int(first_s * SECOND),
        last_ns=START_NS + int(last_s * SECOND),
    )


def test_a_flow_is_spread_over_its_time() -> None:
    """100 s at an even rate: the bins inside it get the same, and nothing stands outside."""
    line = unknown_timeline(Facts(make_analysis([timed(0, 100, 10_000), timed(0, 200, 1, port=443)])))
    assert line is not None
    assert line.bin_ns == 2 * SECOND
    octets = line.bytes_by_status["unassigned"]
    assert sum(octets) == 10_000
    assert octets[:50] == [200] * 50
    assert octets[50:] == [0] * (line.bins - 50)


def test_a_moment_stands_in_one_bin() -> None:
    """A flow of one packet is not smeared, and statuses are kept apart."""
    line = unknown_timeline(Facts(make_analysis([timed(0, 0, 40), timed(10.5, 10.5, 60, port=50000)])))
    assert line is not None
    assert [line.bytes_by_status[word][0] for word in ("unassigned", "dynamic")] == [40, 0]
    assert max(line.bytes_by_status["dynamic"]) == 60


@pytest.mark.parametrize("seed", range(4))
def test_no_byte_is_lost(seed: int) -> None:
    """The bins of a status sum up to its flows' bytes, and are never too many."""
    facts = Facts(wrap(random_flows(2000, seed)))
    line = unknown_timeline(facts)
    assert line is not None
    assert line.bins <= MOST_BINS
    unknown = facts.bytes[facts.flows.unknown_port].sum()
    assert sum(map(sum, line.bytes_by_status.values())) == unknown
    assert all(octets >= 0 for part in line.bytes_by_status.values() for octets in part)


def test_a_clock_that_went_wrong_makes_no_endless_line() -> None:
    """A packet of 1970 beside one of today still gives few bins."""
    flows = [timed(0, 1, 10), flow(port=7214, first_ns=0, last_ns=START_NS)]
    line = unknown_timeline(Facts(make_analysis(flows)))
    assert line is not None
    assert line.bins <= MOST_BINS


def test_without_time_there_is_no_line() -> None:
    """Neither is there one without unknown-port traffic."""
    nothing = {"first_ns": NO_TIME, "last_ns": NO_TIME}
    assert unknown_timeline(Facts(make_analysis([flow(port=7214, **nothing)]))) is None
    assert unknown_timeline(Facts(make_analysis([flow(port=443)]))) is None
    assert unknown_timeline(Facts(make_analysis([]))) is None
