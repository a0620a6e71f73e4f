"""Words that the forms of a difference share."""

from annotator.difference.difference import Change
from annotator.difference.side import Side
from annotator.report import human
from annotator.report.brief import observed_tally, port_label, words
from annotator.report.records import Record


def where(row: Record) -> str:
    """Name a row: ``10.0.4.17 22/tcp (ssh)``, ``22/tcp (ssh)``."""
    return " ".join(
        filter(None, (row.get("responder_addr"), port_label(row["port"], row["transport"], row["service"])))
    )


def standing(row: Record) -> str:
    """Say what a row's port is: its status and its detail."""
    detail = f" ({words(row['status_detail'])})" if row["status_detail"] else ""
    return f"{words(row['status'] or '')}{detail}"


def seen(row: Record) -> str:
    """Say what the payload showed."""
    return observed_tally(row) or "nothing observed"


def amounts(row: Record) -> str:
    """Say how much it was."""
    return f"{human.counted(row['flows'], 'flow')}, {human.size(row['bytes'])}"


def differing(change: Change) -> list[str]:
    """Say what changed, one text a field: ``status: unassigned → assigned``."""
    pairs = {
        "status": (standing(change.before), standing(change.after)),
        "observed": (seen(change.before), seen(change.after)),
        "volume": (amounts(change.before), amounts(change.after)),
    }
    return [f"{name}: {pairs[name][0]} → {pairs[name][1]}" for name in change.fields]


def heading(side: Side) -> str:
    """Name a side, its time and its registry."""
    first = min((one["first_seen"] for one in side.captures if one["first_seen"]), default=None)
    last = max((one["last_seen"] for one in side.captures if one["last_seen"]), default=None)
    registry = f"registry {side.registry['updated'] or 'of unknown date'}"
    try:
        time = human.span(first, last)
    except ValueError:  # of a report that somebody else wrote
        time = "no time"
    return f"{side.name} ({side.kind}), {time}, {human.counted(len(side.services), 'service')} in use, {registry}"
