"""Compare what is in use with a baseline: what is new, gone or changed.

An endpoint is expected where some service of the baseline covers it. Its status and its protocols are held against
every service that covers it, and are as expected if one of them allows them; the most specific one is named otherwise.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from annotator.baseline.expected import Baseline, Expected
from annotator.report import human
from annotator.report.brief import evidence, peers, port_label, words
from annotator.report.records import Record
from annotator.report.report import Report
from annotator.report.sanitize import clean

KINDS: Final = {
    "new_responder": "a responder that the baseline does not know",
    "new_port": "a port that the baseline does not know of this responder",
    "new_protocol": "a protocol, confirmed by payload, that the baseline does not list for the service",
    "changed_status": "the registry's status of the port is another one than the baseline says",
    "gone": "an expected service that was not seen in use",
}
"""What can be wrong, by the name that outputs use."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that is not as the baseline says."""

    kind: str
    """One of :data:`KINDS`."""
    where: str
    """The endpoint, or what the baseline says of it: ``10.0.4.17 22/tcp (ssh)``."""
    message: str
    """One line that says what is seen and what was expected."""
    violates: bool
    service: int = -1
    """Number of the service in the baseline; -1 where it has none."""
    line: int = 0
    """Where that stands in its file; 0 where it has none."""
    endpoint: Record | None = None
    """The row of :attr:`Report.endpoints`, where there is one."""

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON would have it."""
        row = self.endpoint
        return {
            "kind": self.kind,
            "violates": self.violates,
            "responder_addr": row["responder_addr"] if row else None,
            "transport": row["transport"] if row else None,
            "port": row["port"] if row else None,
            "where": self.where,
            "message": self.message,
            "baseline_line": self.line or None,
            "endpoint": row,
        }


@dataclass(frozen=True)
class Check:
    """The outcome of a comparison."""

    report: Report
    baseline: Baseline
    deviations: list[Deviation]
    """New ones first, then changed, then gone, each in order of endpoints."""
    expected: list[tuple[Expected, bool]]
    """Every service of the baseline, and whether it is as expected."""
    notes: list[str]
    """What makes the comparison less than it seems."""

    @property
    def violated(self) -> bool:
        """Whether anything violates the baseline."""
        return any(deviation.violates for deviation in self.deviations)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many deviations of each kind; kinds without one too."""
        return {kind: sum(one.kind == kind for one in self.deviations) for kind in KINDS}

    @property
    def summary(self) -> str:
        """The outcome in one line."""
        counts = self.counts
        new = counts["new_responder"] + counts["new_port"]
        parts = [
            f"{new} new" if new else "",
            f"{counts['new_protocol'] + counts['changed_status']} changed"
            if counts["new_protocol"] + counts["changed_status"]
            else "",
            f"{counts['gone']} gone" if counts["gone"] else "",
        ]
        fine = sum(one for _, one in self.expected)
        rest = f"{human.count(fine)} of {human.counted(len(self.expected), 'expected service')} as they should be"
        name = clean(self.baseline.name)
        if not self.deviations:
            return f"baseline kept: {rest} ({name})"
        verdict = "violated" if self.violated else "kept"
        return f"baseline {verdict}: {', '.join(filter(None, parts))}; {rest} ({name})"


def check(report: Report, baseline: Baseline, *, allow_gone: bool = False) -> Check:
    """Hold the endpoints in use of `report` against `baseline`.

    Endpoints whose port was probably picked for the occasion are left alone unless the baseline covers them, as they
    are when a baseline is learned. What is gone violates unless `allow_gone`, or the service is optional.
    """
    new: list[Deviation] = []
    changed: list[Deviation] = []
    seen: set[int] = set()
    odd: set[int] = set()
    left_out = 0
    for row in report.endpoints:
        covering = baseline.covering(row["responder_addr"], row["responder_scope"], row["transport"], row["port"])
        seen.update(covering)
        if covering:
            found = _changes(row, covering, baseline)
            changed += found
            if found:
                odd.add(covering[0])
        elif row["likely_ephemeral"]:
            left_out += 1
        else:
            new.append(_new(row, baseline))
    gone = [
        _gone(service, number, not allow_gone)
        for number, service in enumerate(baseline.services)
        if number not in seen and not service.optional
    ]
    expected = [
        (service, number not in odd and (number in seen or service.optional))
        for number, service in enumerate(baseline.services)
    ]
    return Check(report, baseline, [*new, *changed, *gone], expected, list(_notes(report, baseline, left_out)))


def _at(row: Record) -> str:
    return f"{row['responder_addr']} {port_label(row['port'], row['transport'], row['service'])}"


def _seen(row: Record) -> str:
    status = f"status {words(row['status'])}"
    return ", ".join([status, evidence(row), peers(row), human.counted(row["flows"], "flow"), human.size(row["bytes"])])


def _new(row: Record, baseline: Baseline) -> Deviation:
    if baseline.knows_responder(row["responder_addr"], row["responder_scope"]):
        return Deviation("new_port", _at(row), f"new port: {_seen(row)}", True, endpoint=row)
    elsewhere = next(baseline.of_port(row["transport"], row["port"]), None)
    rest = f"; the baseline has this port on {elsewhere.where()}" if elsewhere else ""
    return Deviation("new_responder", _at(row), f"new responder: {_seen(row)}{rest}", True, endpoint=row)


def _changes(row: Record, covering: list[int], baseline: Baseline) -> list[Deviation]:
    found = []
    services = [baseline.services[number] for number in covering]
    place = covering[0], services[0].line, row
    statuses = [service.status for service in services]
    if None not in statuses and row["status"] not in statuses:
        message = f"the registry says {words(row['status'])}, the baseline {words(statuses[0] or '')}"
        found.append(Deviation("changed_status", _at(row), message, True, *place))
    listed = [service.observed for service in services]
    allowed = frozenset().union(*(one for one in listed if one is not None))
    fresh = [] if None in listed else [name for name in row["confirmed"] if name not in allowed]
    if fresh:
        known = human.listed(sorted(clean(name) for name in allowed), "or") or "nothing that was recognised"
        shown = " ".join(filter(None, (row["observed_basis"], row["observed_label"])))
        message = f"the payload shows {human.listed(fresh)} ({shown}), the baseline says {known}"
        found.append(Deviation("new_protocol", _at(row), message, True, *place))
    return found


def _gone(service: Expected, number: int, violates: bool) -> Deviation:
    note = f" ({clean(service.note)})" if service.note else ""
    message = "expected, and not seen in use: gone, or the capture is too short or in the wrong place to see it"
    return Deviation("gone", service.where(), f"{message}{note}", violates, number, service.line)


def _notes(report: Report, baseline: Baseline, left_out: int) -> list[str]:
    """Say what makes the comparison less than it seems."""
    notes = list(report.quality)
    learned, options = baseline.learned, report.options
    if learned.get("registry_sha256") not in (None, report.registry["sha256"]):
        notes.append(
            f"the baseline was learned with the registry of {clean(str(learned.get('registry')))}, "
            f"this is the one of {report.registry['updated']}: a changed status may be IANA's doing"
        )
    if (learned.get("filter") or None) != (options.get("filter") or None) and learned:
        notes.append(
            f"the filter differs: learned with {clean(str(learned.get('filter') or 'none'))}, "
            f"checked with {options.get('filter') or 'none'}"
        )
    if "local" in learned and learned["local"] != [clean(network) for network in options.get("local", ())]:
        notes.append("--local differs from the run in which the baseline was learned")
    if left_out:
        notes.append(f"{human.counted(left_out, 'endpoint')} left out: the port is likely an ephemeral one")
    return notes
