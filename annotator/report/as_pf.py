"""Rule candidates for pf (pf.conf(5)), all commented out."""

from collections.abc import Iterator

from annotator.report.report import Report
from annotator.report.rules import Block, Candidate, Dialect, write

_TRANSPORTS = ("tcp", "udp")
"""Those that every pf knows ports of."""


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes."""
    del flows, rows  # rules are about endpoints
    return write(report, DIALECT)


def _rules(candidate: Candidate) -> list[str]:
    if candidate.transport not in _TRANSPORTS:
        return []
    family = "inet" if candidate.version == 4 else "inet6"
    sources = f"{{ {', '.join(candidate.initiators)} }}" if candidate.initiators else "any"
    target = f"to {candidate.responder} port {candidate.port}"
    return [f"pass {family} proto {candidate.transport} from {sources} {target}"]


DIALECT = Dialect(
    comment="#",
    blocks=(
        Block(
            versions=(4, 6),
            mark="#>",
            opening=(),
            closing=(),
            usage=("sed -n 's/^#> //p' FILE > candidates.pf; pfctl -nf candidates.pf",),
        ),
    ),
    rules=_rules,
)
