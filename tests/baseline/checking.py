"""Baselines and reports for tests of the room."""

from typing import Any

from annotator.baseline.check import Check, check
from annotator.baseline.learn import learn
from annotator.baseline.read import parse_baseline
from annotator.report.report import Report
from tests.report.synthetic import flow, make_analysis, shows

BEFORE = [
    flow(responder="10.0.0.9", port=443, **shows("tls")),
    flow(responder="10.0.0.9", port=22, **shows("ssh")),
    flow(responder="10.0.0.8", port=7214),
    flow(responder="198.51.100.7", port=443, **shows("tls")),
]


def report(rows: list[dict[str, Any]] | None = None, **changes: Any) -> Report:
    """Report on flows; :data:`BEFORE` unless given."""
    return Report(make_analysis(BEFORE if rows is None else rows, **changes))


def toml(made: Report, **options: Any) -> str:
    """Learn a baseline."""
    return b"".join(learn(made, **options)).decode()


def checked(rows: list[dict[str, Any]], text: str | None = None, **options: Any) -> Check:
    """Check flows against a baseline, that of :data:`BEFORE` unless given."""
    return check(report(rows), parse_baseline(text or toml(report()), "baseline.toml"), **options)


def some_of_each() -> Check:
    """Make a check with a deviation of each kind."""
    text = toml(report()).replace('status = "unassigned"', 'status = "assigned"')
    return checked(
        [
            flow(responder="10.0.0.9", port=443, **shows("ssh")),
            flow(responder="10.0.0.9", port=444),
            flow(responder="10.0.0.7", port=22, **shows("ssh")),
            flow(responder="10.0.0.8", port=7214),
            flow(responder="198.51.100.7", port=443, **shows("tls")),
        ],
        text,
    )
