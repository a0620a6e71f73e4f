"""What is wrong with the capture itself, in sentences: it stands above all findings, because it bounds them."""

from typing import Final

import numpy as np

from annotator.model import DCCP, SCTP, TCP, Analysis, DirectionBasis, Outcome
from annotator.report import human
from annotator.report.sanitize import clean, clean_words

MUCH: Final = 0.05
"""Share of packets or flows from which an oddity bounds the findings."""
ONE_SIDED: Final = 0.5
"""Share of connections from which the whole capture counts as one-sided."""
_MUTUAL: Final = (TCP, SCTP, DCCP)
"""Transports in which both ends always send."""

NOTED_ISSUES: Final = {
    "no_time": "packets carry no time: durations, timeouts and order are unknown for them",
    "snap_cut": "packets are stored in part (snap length): their payload was not all there to see",
    "duplicate_packets": "packets stand in the capture twice (mirrored?): counts and bytes are too high",
    "unseen_acknowledged": "segments were acknowledged that the capture does not hold: it missed packets",
}
"""Issues that bound what a report can say, by name."""


def quality(analysis: Analysis) -> list[str]:
    """Say in one line each what bounds the findings; an empty list is a sound capture."""
    return [*_of_captures(analysis), *_of_issues(analysis), *_of_flows(analysis)]


def _of_captures(analysis: Analysis) -> list[str]:
    lines = []
    for capture in analysis.captures:
        name = clean(capture.name)
        if not capture.complete:
            lines.append(f"{name} was not read to its end: {clean_words(capture.note) or 'it is cut short'}")
        if capture.drops:
            seen = capture.packets_read + capture.drops
            lines.append(
                f"{name}: {human.counted(capture.drops, 'packet')} ({human.share(capture.drops, seen)}) "
                "were lost while capturing"
            )
        undecoded = capture.packets_stopped - capture.stopped.get("not_ip", 0)
        if undecoded > MUCH * capture.packets_read:
            lines.append(
                f"{name}: {human.share(undecoded, capture.packets_read)} of the packets could not be decoded "
                "(see the issues)"
            )
    return lines


def _of_issues(analysis: Analysis) -> list[str]:
    lines = []
    for name, meaning in NOTED_ISSUES.items():
        number = sum(issue.count for issue in analysis.issues if issue.name == name)
        if number:
            lines.append(f"{human.count(number)} {meaning}")
    return lines


def _of_flows(analysis: Analysis) -> list[str]:
    flows = analysis.flows
    lines = []
    midstream = flows.outcome == Outcome.MIDSTREAM
    guessed = int((midstream & (flows.direction_basis == DirectionBasis.FIRST_PACKET)).sum())
    if guessed:
        lines.append(
            f"the capture holds {human.counted(guessed, 'flow')} from mid-stream that only "
            f"{'its' if guessed == 1 else 'their'} first packet orients: initiator and responder may be swapped"
        )
    mutual = np.isin(flows.proto, _MUTUAL)  # what others send to a group, nobody answers
    one_sided = int(np.count_nonzero(mutual & (flows.outcome == Outcome.ONE_SIDED)))
    connections = int(np.count_nonzero(mutual))
    if one_sided > ONE_SIDED * connections:
        lines.append(
            f"{human.share(one_sided, connections)} of the connections show one direction only: is the "
            "other one captured elsewhere?"
        )
    return lines
