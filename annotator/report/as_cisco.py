"""Rule candidates as extended access lists of Cisco IOS, all commented out; a list does nothing until it is applied."""

from collections.abc import Iterator

from annotator.report.report import Report
from annotator.report.rules import Block, Candidate, Dialect, write

_TRANSPORTS = ("tcp", "udp", "sctp")
"""Those that an extended access list knows ports of."""


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes."""
    del flows, rows  # rules are about endpoints
    return write(report, DIALECT)


def _rules(candidate: Candidate) -> list[str]:
    if candidate.transport not in _TRANSPORTS:
        return []
    target = f"host {candidate.responder} eq {candidate.port}"
    sources = [f"host {address}" for address in candidate.initiators] or ["any"]
    return [f" permit {candidate.transport} {source} {target}" for source in sources]


def _block(version: int, opening: str) -> Block:
    return Block(
        versions=(version,),
        mark="!>",
        opening=(opening,),
        closing=("exit",),
        usage=("sed -n 's/^!> //p' FILE",) if version == 4 else (),
    )


DIALECT = Dialect(
    comment="!",
    blocks=(
        _block(4, "ip access-list extended ANNOTATOR-CANDIDATES"),
        _block(6, "ipv6 access-list ANNOTATOR-CANDIDATES-6"),
    ),
    rules=_rules,
    active="?",  # asks for help on a console, in a comment too
)
