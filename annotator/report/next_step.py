"""What to look at next, for each finding: a ladder over the finding's row, tried from the top.

Each rung names an action that an administrator can take, and takes for granted only what the row shows.
"""

from collections.abc import Callable
from typing import Final

from annotator.report import human
from annotator.report.records import Record, Values

_LOOKED_AT: Final = (
    *("observed", "observed_grade", "severity", "only_scanned", "answered", "unauthorized_use", "likely_ephemeral"),
    *("responder_scope", "inbound_peers", "status"),
)
"""The columns that the ladders ask."""


def steps(values: Values, ladder: Callable[[Record], str]) -> list[str]:
    """Give the next step for each of some rows, by one of the ladders; a column that the table has not is not asked."""
    names = [name for name in _LOOKED_AT if name in values]
    rows = zip(*(values[name] for name in names), strict=True)
    return [ladder(dict(zip(names, row, strict=True))) for row in rows]


def next_step(row: Record) -> str:
    """Give the next step for a row of the unknown ports."""
    seen = human.listed(list(row["observed"]))
    if row["severity"] == "info":
        if row["only_scanned"]:
            return "nothing on this port; look at the one who scans"
        return "see in the firewall's log who tries this port, and which rule lets the attempt through"
    if not row["answered"]:
        return "capture closer to the responder: does it answer, and is the answer lost on the way?"
    if row["unauthorized_use"]:
        return "find who listens (ss -lntup), and read what was reported to IANA about this port"
    if row["only_scanned"]:
        return "find who listens (ss -lntup): a scanner found it open, and nobody else used it"
    if row["likely_ephemeral"]:
        return "find the flow's beginning in an earlier capture: who opened it decides its port"
    if row["responder_scope"] == "remote":
        return "ask the local peers what they use it for, and find the rule that lets them out"
    if not row["observed"]:
        return "run again with --deep, or follow the stream in Wireshark: nothing was recognised"
    if row["observed_grade"] != "confirmed":
        return f"follow the stream in Wireshark: {seen} is a guess from a signature"
    if row["inbound_peers"]:
        return f"ask the owner why {seen} is open to the outside; close it, or note who may use it"
    if row["status"] == "dynamic":
        return "find who listens (ss -lntup): after a restart it may be on another port"
    return f"find who listens (ss -lntup); if {seen} belongs there, name it in a site file"


def next_step_of_disagreement(row: Record) -> str:
    """Give the next step for a row of the disagreements."""
    seen = human.listed(list(row["observed"]))
    if row["observed_grade"] != "confirmed":
        return f"follow the stream in Wireshark: {seen} is a guess from a signature"
    if row["responder_scope"] == "remote":
        return f"ask the local peers why they speak {seen} through another service's port: is a rule evaded?"
    if row["inbound_peers"]:
        return f"ask the owner why {seen} is open to the outside behind this port's name; check its rule"
    return f"find who listens (ss -lntup); are the rules for this port meant for {seen}?"
