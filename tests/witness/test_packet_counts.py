"""Packets read against capinfos, and the account of every packet, over all captures of the folder."""

from pathlib import Path

from annotator.errors import InputError
from annotator.pipeline import analyse
from annotator.settings import Settings
from tests.witness.index import listed

FUZZED = "pcapplusplus/Fuzzers/RegressionTests/regression_samples/"
EXCEPTIONS = {
    FUZZED + "crash-exception-cast-constructed-record": (
        2,
        "wiretap takes it for another pcap variant, because the record after the second is absurd",
    ),
    FUZZED + "clusterfuzz-testcase-minimized-FuzzTarget-5766899836387328": (
        1,
        "wiretap takes it for another pcap variant, because the one record was 538976364 bytes on the wire",
    ),
}
"""Captures that capinfos counts otherwise: what we count, and why that is right."""


def test_every_packet_is_counted_and_accounted_for(shared: Path) -> None:
    """Packets read are what capinfos counts, each is decoded or stopped, in every format and for every link type."""
    counted, wrong = 0, []
    for capture in listed(shared):
        try:
            summary = analyse([str(capture.path)], Settings()).captures[0]
        except InputError as error:
            wrong.append(str(error))
            continue
        expected = EXCEPTIONS.get(capture.name, (capture.packets, ""))[0]
        if expected is not None:
            counted += 1
            if summary.packets_read != expected:
                wrong.append(f"{capture.name}: read {summary.packets_read}, expected {expected}")
        if summary.packets_read != summary.packets_decoded + summary.packets_stopped:
            wrong.append(f"{capture.name}: read is not decoded + stopped: {summary}")
        if summary.packets_stopped != sum(summary.stopped.values()):
            wrong.append(f"{capture.name}: a stop without a class: {summary}")
    assert not wrong, "\n".join(wrong)
    assert counted > 2400


def test_exceptions_are_still_needed(shared: Path) -> None:
    """A capture stands among the exceptions only while capinfos and annotator differ on it."""
    packets = {capture.name: capture.packets for capture in listed(shared)}
    assert [name for name, (ours, _) in EXCEPTIONS.items() if packets[name] == ours] == []
