"""What a run has to account for: each packet of a capture is decoded or stopped, and what was odd is an issue."""

from typing import Final

import numpy as np

from annotator.capture import Reader
from annotator.decode import Decoder, reasons
from annotator.decode.batch import (
    BYTES,
    COUNT,
    FILTERED,
    FIRST_NS,
    FIRST_STEP_BACK,
    LAST_NS,
    PACKETS_DECODED,
    READ,
    TIME_STEPS_BACK,
)
from annotator.evidence import Findings
from annotator.evidence.look import HEAP_LIMIT
from annotator.evidence.observation import MOST_ANNOUNCED
from annotator.model import CaptureSummary, Flows, Issue, StopClass


def capture_summary(reader: Reader, decoder: Decoder) -> CaptureSummary:
    """Sum up a capture that was read: its packets by what became of them, its times, and whether that was all."""
    totals, counts = decoder.totals, decoder.counts[:, COUNT]
    stopped = dict.fromkeys(StopClass.words(), 0)
    for code, reason in reasons.TABLE.items():
        if reason.stop is not None:
            stopped[reason.stop.word] += int(counts[code])
    return CaptureSummary(
        name=reader.name,
        format=reader.format,
        packets_read=int(totals[READ]),
        packets_decoded=int(totals[PACKETS_DECODED]),
        packets_stopped=sum(stopped.values()),
        packets_filtered=int(totals[FILTERED]),
        stopped=stopped,
        bytes=int(totals[BYTES]),
        first_ns=int(totals[FIRST_NS]),
        last_ns=int(totals[LAST_NS]),
        complete=reader.complete,
        drops=reader.drops,
        note=reader.note,
    )


def capture_issues(reader: Reader, decoder: Decoder) -> list[Issue]:
    """List what was odd about a capture; packets that simply are not IP are accounted for, and no oddity."""
    number = reader.capture
    found = [
        Issue(issue.name, "file", issue.count, issue.first_frame, issue.detail, number)
        for issue in reader.issues.values()
    ]
    if not reader.frames:
        found.append(Issue("no_packets", "file", 1, 0, "the capture holds no packets", number))
    steps, first_step = int(decoder.totals[TIME_STEPS_BACK]), int(decoder.totals[FIRST_STEP_BACK])
    if steps:
        found.append(Issue("time_steps_back", "file", steps, first_step, "packets older than one before them", number))
    for code, reason in reasons.TABLE.items():
        count, first_frame = decoder.counts[code].tolist()
        if not count or reason.stop is StopClass.NOT_IP:
            continue
        detail = reason.detail
        if code == reasons.LINK_TYPE:
            detail = "link type " + ", ".join(map(str, sorted(decoder.undecoded_links))) + " is not decoded"
        partial = code in (reasons.LINK_TYPE, reasons.TUNNEL_DEPTH)
        found.append(Issue(reason.name, reason.layer, count, first_frame, detail, number, partial))
    return found


def given_up(count: int, first_frame: int, most_flows: int, capture: int) -> list[Issue]:
    """Say which packets of a capture are in no flow because there were too many flows."""
    if not count:
        return []
    detail = (
        f"packets of further flows, when {most_flows:,} were kept, are in no flow; --max-flows raises "
        "that, at about 600 bytes of memory a flow"
    )
    return [Issue("flows_given_up", "flow", count, first_frame, detail, capture, partial=True)]


COUNTED: Final = (
    ("protocols_ambiguous", "payloads that two protocols confirm alike: neither of them is called confirmed", False),
    ("labels_given_up", f"names and banners are missing: no more than {HEAP_LIMIT >> 20} MB of them are kept", True),
    (
        "announcements_given_up",
        f"ports that payloads announce were not read beyond the first {MOST_ANNOUNCED:,}: their flows seem unrelated",
        True,
    ),
)
"""The issue for each of :attr:`annotator.evidence.findings.Findings.counts`: its name, what it says, whether the report
is partial for it."""


def evidence_issues(flows: Flows, findings: Findings) -> list[Issue]:
    """List where the payload contradicts itself or does not decide, and what of it there was no room to keep."""
    found = []
    rows = np.flatnonzero(findings.contradicts)
    if len(rows):
        first = rows[0]
        detail = "the two directions of a flow show different protocols: neither is called confirmed"
        first_frame, capture = int(flows.first_frame[first]), int(flows.capture[first])
        found.append(Issue("directions_contradict", "evidence", len(rows), first_frame, detail, capture))
    for count, (name, detail, partial) in zip(findings.counts.tolist(), COUNTED, strict=True):
        if count:
            found.append(Issue(name, "evidence", count, 0, detail, partial=partial))
    return found
