"""Rule candidates for nft(8), all commented out, in a chain without a hook, which nothing enters by itself."""

from collections.abc import Iterator

from annotator.report.report import Report
from annotator.report.rules import Block, Candidate, Dialect, write


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes."""
    del flows, rows  # rules are about endpoints
    return write(report, DIALECT)


def _rules(candidate: Candidate) -> list[str]:
    family = "ip" if candidate.version == 4 else "ip6"
    sources = f"{family} saddr {{ {', '.join(candidate.initiators)} }} " if candidate.initiators else ""
    target = f"{family} daddr {candidate.responder} {candidate.transport} dport {candidate.port}"
    return [f"        {sources}{target} ct state new accept"]


DIALECT = Dialect(
    comment="#",
    blocks=(
        Block(
            versions=(4, 6),
            mark="#>",
            opening=("table inet annotator_candidates {", "    chain candidates {"),
            closing=("    }", "}"),
            usage=("sed -n 's/^#> //p' FILE > candidates.nft; nft -c -f candidates.nft",),
        ),
    ),
    rules=_rules,
)
