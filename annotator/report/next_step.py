"""What to look at next, for each finding: a ladder over the finding's row, tried from the top.

Each rung names an action that an administrator can take, and takes for granted only what the row shows.
"""

from annotator.report import human
from annotator.report.records import Record


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
        return "find the process that listens (ss -lntup), and read what was reported to IANA about this port"
    if row["likely_ephemeral"]:
        return "find the flow's beginning in an earlier capture: who opened it decides which port it is about"
    if row["responder_scope"] == "remote":
        return "ask the local peers what they use it for, and find the rule that lets them out"
    if not row["observed"]:
        return "run again with --deep, or follow the stream in Wireshark: no known protocol was recognised"
    if row["observed_grade"] != "confirmed":
        return f"follow the stream in Wireshark: {seen} is a guess from a signature"
    if row["inbound_peers"]:
        return f"ask the owner why {seen} is open to the outside on this port; close it, or write down who may use it"
    if row["status"] == "dynamic":
        return "find the process that listens (ss -lntup): a service on a dynamic port may have another after a restart"
    return f"find the process that listens (ss -lntup): if {seen} belongs there, name it in a site file (--site)"


def next_step_of_disagreement(row: Record) -> str:
    """Give the next step for a row of the disagreements."""
    seen = human.listed(list(row["observed"]))
    if row["observed_grade"] != "confirmed":
        return f"follow the stream in Wireshark: {seen} is a guess from a signature"
    if row["responder_scope"] == "remote":
        return f"ask the local peers why they speak {seen} through a port of another service: is a rule evaded?"
    if row["inbound_peers"]:
        return f"ask the owner why {seen} is open to the outside behind this port's name, and check the rule for it"
    return f"find the process that listens (ss -lntup), and check whether rules for this port are meant for {seen}"
