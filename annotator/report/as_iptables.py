"""Rule candidates for iptables-restore(8) and ip6tables-restore(8), all commented out, in a chain nothing jumps to."""

from collections.abc import Iterator

from annotator.report.report import Report
from annotator.report.rules import Block, Candidate, Dialect, write

CHAIN = "ANNOTATOR-CANDIDATES"
"""At most 28 characters (iptables(8))."""

_MATCHES = {
    "tcp": "-m tcp --dport",
    "udp": "-m udp --dport",
    "sctp": "-m sctp --dport",
    "dccp": "-m dccp --dport",
    "udplite": "-m multiport --dports",
}


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes."""
    del flows, rows  # rules are about endpoints
    return write(report, DIALECT)


def _rules(candidate: Candidate) -> list[str]:
    match = _MATCHES.get(candidate.transport)
    if match is None:
        return []
    sources = f"-s {','.join(candidate.initiators)} " if candidate.initiators else ""
    target = f"-d {candidate.responder} -p {candidate.transport} {match} {candidate.port}"
    return [f"-A {CHAIN} {sources}{target} -m conntrack --ctstate NEW -j ACCEPT"]


def _block(version: int, tool: str) -> Block:
    return Block(
        versions=(version,),
        mark=f"#{version}>",
        opening=("*filter", f":{CHAIN} - [0:0]"),
        closing=("COMMIT",),
        usage=(f"sed -n 's/^#{version}> //p' FILE | {tool} --test --noflush",),
    )


DIALECT = Dialect(comment="#", blocks=(_block(4, "iptables-restore"), _block(6, "ip6tables-restore")), rules=_rules)
