"""Times before 1970 and after 2038, from the record to the report."""

import json
from pathlib import Path
from struct import pack

import pytest
from scapy.layers.inet import IP, UDP

from annotator.cli import main
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.capture.writing import NANOSECONDS, ORDERS, enhanced, interface, option, pcap_header, pcap_record, section
from tests.decode.decoding import ether

FRAME = bytes(ether() / IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=53) / b"question")
S = 10**9
MOON = -14_182_940
"""Seconds of 1969-07-20 20:17:40 UTC."""
OVERFLOW = 2**31 - 1
"""Seconds of 2038-01-19 03:14:07 UTC, the last that 31 bits hold."""


def offset_clock(order: str, seconds: int, *steps: int) -> bytes:
    """A pcapng whose clock is `seconds` off; a packet at each of the microseconds `steps`."""
    clock = interface(order, options=option(order, 14, pack(order + "q", seconds)))
    return section(order) + clock + b"".join(enhanced(order, FRAME, step) for step in steps)


def seconds_of(order: str, *seconds: int) -> bytes:
    """A pcap with a packet at each of the seconds."""
    head = pcap_header(order, magic=NANOSECONDS)
    return head + b"".join(pcap_record(order, FRAME, seconds=second, fraction=1) for second in seconds)


CASES = {
    "before 1970": (
        lambda order: offset_clock(order, MOON, 0, 1_500_000),
        MOON * S,
        MOON * S + 1_500_000_000,
        "1969-07-20",
    ),
    "around 1970": (lambda order: offset_clock(order, -1, 0, 2_000_000), -S, S, "1969-12-31"),
    "1970 itself": (lambda order: seconds_of(order, 0, 0), 1, 1, "1970-01-01"),
    "around 2038": (
        lambda order: seconds_of(order, OVERFLOW, OVERFLOW + 1),
        OVERFLOW * S + 1,
        OVERFLOW * S + S + 1,
        "2038-01-19",
    ),
    "2106": (
        lambda order: seconds_of(order, 2**32 - 2, 2**32 - 1),
        (2**32 - 2) * S + 1,
        (2**32 - 1) * S + 1,
        "2106-02-07",
    ),
    "2199": (
        lambda order: offset_clock(order, 7_226_582_400, 0, 1),
        7_226_582_400 * S,
        7_226_582_400 * S + 1000,
        "2199-01-01",
    ),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", CASES)
def test_times_of_any_century_are_reported(
    tmp_path: Path, name: str, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """They order packets, make one flow, and stand in every report as they are."""
    made, first, last, day = CASES[name]
    path = tmp_path / "old"
    path.write_bytes(made(order))
    analysis = analyse([str(path)], Settings())
    (capture,) = analysis.captures
    assert (capture.first_ns, capture.last_ns) == (first, last)
    assert len(analysis.flows) == 1
    assert not {issue.name for issue in analysis.issues} & {"time_steps_back", "no_time", "time_out_of_range"}
    for words in (["--format", "json", "--flows"], ["--format", "csv"], []):
        assert main([str(path), *words]) == 0
        said = capsys.readouterr().out
        assert day in said, words
        if "json" in words:
            (flow,) = json.loads(said)["flows"]
            assert str(flow["first_seen"]).startswith(day)
            assert flow["duration_s"] == pytest.approx((last - first) / S)


def test_a_clock_that_steps_back_over_1970_is_said(tmp_path: Path) -> None:
    """A negative time is a time like any other, and no missing one."""
    path = tmp_path / "back"
    path.write_bytes(offset_clock("<", -10, 20_000_000, 0))
    analysis = analyse([str(path)], Settings())
    assert {issue.name: issue.count for issue in analysis.issues}["time_steps_back"] == 1
    assert (analysis.captures[0].first_ns, analysis.captures[0].last_ns) == (-10 * S, 10 * S)
