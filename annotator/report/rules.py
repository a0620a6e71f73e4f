"""Rule candidates: what the rules of every dialect share. Every line is a comment; none of them is active.

A candidate is an endpoint that was in use. Beside it stands what was seen, because that, and no registered port, is
what somebody has to decide about. What traffic or files say is in evidence lines only, never in a line that could be
a rule: those are made of addresses, ports and words of our own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from annotator.report import human
from annotator.report.brief import evidence, peers, port_label, words
from annotator.report.provenance import provenance_line
from annotator.report.records import Record
from annotator.report.report import Report

SOURCES: Final = 8
"""Initiators that a candidate names; where there were more it allows anybody, and says so."""

_PLAIN: Final = str.maketrans({"·": ";", "…": "...", "→": "to", "\n": " "})
"""What stands in rules for characters of ours: a firewall's console may know ASCII only."""

HEAD: Final = """\
Rule candidates for the services that were in use. EVERY LINE IS A COMMENT: nothing here is active.
That a port is registered is no reason to open it, and that traffic was seen is none either. Read the
evidence above each candidate, decide, and take the mark off the lines that you want:"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One endpoint that a rule could allow."""

    responder: str
    version: int
    """4 or 6."""
    transport: str
    port: int
    initiators: tuple[str, ...]
    """Who used it, in order of addresses; empty: more than a rule should name."""
    evidence: tuple[str, ...]
    """Lines that say what was seen."""


@dataclass(frozen=True, slots=True)
class Block:
    """Candidates that belong together in a dialect."""

    versions: tuple[int, ...]
    mark: str
    """Stands before each line that would be a rule."""
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    usage: tuple[str, ...]
    """How to take the marks off, and to check what is left."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """A firewall's language."""

    comment: str
    """What begins a comment line."""
    blocks: tuple[Block, ...]
    rules: Callable[[Candidate], list[str]]
    """Makes the lines that allow a candidate; none where the dialect cannot say it."""
    active: str = ""
    """Characters that act even within a comment, when it is pasted."""


def write(report: Report, dialect: Dialect) -> Iterator[bytes]:
    """Give the file's bytes: ASCII, one line of comment each."""
    head = [provenance_line(report), "", *report.caveat.splitlines(), "", *HEAD.splitlines()]
    yield from (_comment(line, dialect) for line in head)
    for block in dialect.blocks:
        yield from (_comment(f"  {line}", dialect) for line in block.usage)
    for block in dialect.blocks:
        opened = False
        for candidate in candidates(report, block.versions):
            if not opened:
                yield b"\n"
                yield from (_rule(line, block) for line in block.opening)
                opened = True
            yield b"\n"
            yield from (_comment(line, dialect) for line in candidate.evidence)
            rules = dialect.rules(candidate)
            yield from (_rule(line, block) for line in rules)
            if not rules:
                yield _comment(f"(no candidate: {candidate.transport} cannot be told in this dialect)", dialect)
        if opened:
            yield b"\n"
            yield from (_rule(line, block) for line in block.closing)


def candidates(report: Report, versions: tuple[int, ...] = (4, 6)) -> Iterator[Candidate]:
    """Give the endpoints in use of some IP versions, in their order; ports picked for the occasion are left out."""
    for row in report.endpoints:
        version = ip_address(row["responder_addr"]).version
        if version in versions and not row["likely_ephemeral"]:
            few = row["peer_count"] <= SOURCES
            yield Candidate(
                row["responder_addr"],
                version,
                row["transport"],
                row["port"],
                tuple(sorted(row["peers"], key=lambda text: int(ip_address(text)))) if few else (),
                tuple(_evidence(row, few)),
            )


def _evidence(row: Record, few: bool) -> Iterator[str]:
    detail = f" ({words(row['status_detail'])})" if row["status_detail"] else ""
    label = port_label(row["port"], row["transport"], row["service"])
    yield f"{row['responder_addr']} {label}: {words(row['range_class'])}, {words(row['status'])}{detail}"
    agreement = ", ".join(f"{words(word)} {human.count(number)}" for word, number in row["agreement"].items())
    yield f"  {evidence(row)}; agreement: {agreement}"
    amounts = f"{human.counted(row['flows'], 'flow')}, {human.size(row['bytes'])}"
    yield f"  {peers(row)}; {amounts}; {human.span(row['first_seen'], row['last_seen'])}"
    if row["site"]:
        yield f"  site: {row['site']}."
    if row["status"] != "assigned":
        yield f"  ! its port is {words(row['status'])}: find out what this is before anything is opened"
    if row["agreement"].get("differs"):
        yield "  ! the payload contradicts the assignment"
    if not row["answered"]:
        yield "  ! no answer was seen"
    if row["inbound_peers"]:
        yield f"  ! {human.counted(row['inbound_peers'], 'peer')} from outside"
    if not few:
        yield "  ! more peers than a rule should name: the candidate allows anybody, narrow it down"


def _comment(text: str, dialect: Dialect) -> bytes:
    """Make a comment line: one line, ASCII, never ending in what would join the next line to it."""
    line = text.translate(_PLAIN).encode("ascii", "backslashreplace").decode()
    line = "".join("." if ord(c) < 32 or ord(c) == 127 or c in dialect.active else c for c in line).rstrip()
    joins = " ." if line.endswith("\\") else ""
    return f"{dialect.comment} {line}{joins}".rstrip().encode() + b"\n"


def _rule(text: str, block: Block) -> bytes:
    return f"{block.mark} {text}\n".encode("ascii")
