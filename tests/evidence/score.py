"""Scores observations against nDPI's answers: ``python -m tests.evidence.score --protocol tls --captures '*tls*'``.

Scored are flows that nDPI knew by payload (confidence ``DPI``) and whose label is mapped, at most 50 a capture. Flows
are matched by unordered 5-tuple and VLAN. A flow that was split by a new SYN counts as its first confirmed part. An
upgrade (`http+tls`) is right where the answer accepts it, or what it began as.
"""

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import numpy as np

from annotator.capture import open_capture
from annotator.decode import Decoder
from annotator.decode.ethertype import innermost_vlan
from annotator.decode.fragments import Fragments
from annotator.decode.tunnels import TunnelBook
from annotator.evidence import Observer
from annotator.evidence.findings import find
from annotator.evidence.probe import CONFIRMED
from annotator.flow.ends import read_ends
from annotator.flow.table import FlowSettings, FlowTable
from tests.conftest import find_shared
from tests.evidence.ndpi_errors import shown_wrong
from tests.witness.answers import Row, answers
from tests.witness.ends import address, flow_keys
from tests.witness.test_ndpi_flows import keyed, ndpi_text

MOST_FLOWS = 50
"""Of a capture."""
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was observed of a flow."""

    name: str = ""
    confirmed: bool = False
    basis: str = ""
    label: str = ""

    def right(self, accepted: set[str]) -> bool:
        """Say whether this is one of the `accepted` names, or became something else after it was."""
        return self.name in accepted or self.name.split("+")[0] in accepted


@dataclass(slots=True)
class Marks:
    """The count of one protocol."""

    flows: int = 0
    observed: int = 0
    """Observed as something, right or wrong."""
    confirmed: int = 0
    right: int = 0
    """Observed as what the answer accepts, in either grade."""
    confirmed_right: int = 0

    def count(self, seen: Seen, accepted: set[str]) -> None:
        """Count one flow."""
        right = seen.right(accepted)
        self.flows += 1
        self.observed += bool(seen.name)
        self.right += right
        self.confirmed += seen.confirmed
        self.confirmed_right += seen.confirmed and right

    @property
    def precision(self) -> float:
        """Right ones among the confirmed."""
        return self.confirmed_right / self.confirmed if self.confirmed else 1.0

    @property
    def recall(self) -> float:
        """Flows that were observed as what they are."""
        return self.right / self.flows if self.flows else 1.0


@dataclass(slots=True)
class Score:
    """The count over captures, and every miss in words."""

    total: Marks = field(default_factory=Marks)
    protocols: dict[str, Marks] = field(default_factory=lambda: defaultdict(Marks))
    misses: list[tuple[str, str]] = field(default_factory=list)
    """(protocol, what was missed)"""
    excused: int = 0
    """Flows left out because the answer is shown to be wrong."""

    def table(self) -> str:
        """Lay out the marks by protocol, most flows first."""
        lines = [
            f"{'protocol':14}{'flows':>7}{'observed':>10}{'right':>7}{'':>8}{'confirmed':>11}{'right':>7}{'':>8}",
        ]
        rows = sorted(self.protocols.items(), key=lambda item: (-item[1].flows, item[0]))
        for name, marks in [*rows, ("all", self.total)]:
            lines.append(
                f"{name:14}{marks.flows:7}{marks.observed:10}{marks.right:7}{marks.recall:8.1%}"
                f"{marks.confirmed:11}{marks.confirmed_right:7}{marks.precision:8.1%}"
            )
        return "\n".join(lines)


def observe(path: Path) -> dict[Key, Seen]:
    """Take a capture down the data path, without timeouts; gives what was observed by nDPI's flow key."""
    reader = open_capture(str(path))
    decoder, table, fragments, observer = Decoder(TunnelBook()), FlowTable(FlowSettings()), Fragments(), Observer()
    try:
        for batch in reader.batches():
            for headers in decoder.decode(batch):
                tied = fragments.tie(headers, decoder.fragments, decoder.counts)
                wanted = observer.look(batch, tied, table.add(tied, 0), table.shards)
                while len(wanted):
                    wanted = observer.look(batch, tied, table.more(tied, wanted), table.shards)
    finally:
        reader.close()
    rows = table.rows()
    findings = find(observer, rows)
    labels = findings.texts(np.arange(len(rows)))
    version_of, proto, a_port, b_port, ported = read_ends(rows)
    result: dict[Key, Seen] = {}
    for k, (row, protocol) in enumerate(zip(rows, proto.tolist(), strict=True)):
        version = int(version_of[k])
        one = (ndpi_text(address(version, row["a_hi"], row["a_lo"])), int(a_port[k]) if ported[k] else 0)
        other = (ndpi_text(address(version, row["b_hi"], row["b_lo"])), int(b_port[k]) if ported[k] else 0)
        seen = Seen()
        if findings.protocol[k] >= 0:
            seen = Seen(
                findings.names[findings.protocol[k]],
                findings.grade[k] == CONFIRMED,
                findings.bases[findings.basis[k]],
                labels[k],
            )
        (key,) = flow_keys([(protocol, innermost_vlan(int(row["vlan"])), one, other)])
        known = result.get(key, Seen())
        if not known.name or (seen.confirmed and not known.confirmed):
            result[key] = seen
    return result


def accepted_names(shared: Path) -> dict[str, tuple[str, set[str]]]:
    """Give, by nDPI's label, our name of the protocol and all names that count as right."""
    with (shared / "captures" / "truth" / "protocols.csv").open(newline="") as file:
        return {row["ndpi"]: (row["protocol"], set(row["accepted"].split("|"))) for row in csv.DictReader(file)}


def scored_rows(shared: Path) -> Iterator[tuple[str, list[Row]]]:
    """Give, by capture, the answers that count: known by payload, mapped, at most :data:`MOST_FLOWS`."""
    names = accepted_names(shared)
    for capture, rows in answers(shared, "ndpi").items():
        chosen = [row for row in rows if row["confidence"] == "DPI" and row["master"] in names]
        if chosen:
            yield capture, chosen[:MOST_FLOWS]


def score(
    shared: Path,
    captures: str = "*",
    protocol: str = "",
    excused: frozenset[tuple[str, str]] = frozenset(),
) -> Score:
    """Score all captures whose path fits the pattern `captures`; `protocol` asks for that one only.

    `excused` are flows, as (capture, id), whose answer is shown to be wrong.
    """
    names = accepted_names(shared)
    result = Score()
    for capture, rows in scored_rows(shared):
        wanted = [row for row in rows if not protocol or names[row["master"]][0] == protocol]
        if not wanted or not fnmatch(capture, captures):
            continue
        flows = observe(shared / "captures" / capture)
        for row in wanted:
            if (capture, row["id"]) in excused:
                result.excused += 1
                continue
            name, accepted = names[row["master"]]
            (key,) = flow_keys([keyed(row)])
            seen = flows.get(key, Seen())
            result.total.count(seen, accepted)
            result.protocols[name].count(seen, accepted)
            if not seen.right(accepted):
                grade = "confirmed" if seen.confirmed else "speculative"
                said = f"{seen.name} {grade}: {seen.basis} {seen.label}".strip() if seen.name else "not observed"
                if key not in flows:
                    said = "no such flow"
                result.misses.append(
                    (
                        name,
                        f"{name:10} {capture} #{row['id']} {row['l4']} {row['src']}:{row['sport']} > {row['dst']}:"
                        f"{row['dport']} packets {row['pkts_ab']}+{row['pkts_ba']} nDPI {row['proto']} -> {said}",
                    )
                )
    return result


def main(arguments: list[str] | None = None) -> None:
    """Print the table, each miss, and what flows of other protocols were taken for the one asked about."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--protocol", default="", help="only flows whose answer is this protocol (our name)")
    parser.add_argument("--captures", default="*", help="only captures whose path fits this pattern")
    parser.add_argument("--wrong", action="store_true", help="of the misses, show only what was taken for another")
    parser.add_argument("--strict", action="store_true", help="excuse no answer, even if it is shown to be wrong")
    options = parser.parse_args(arguments)
    shared = find_shared()
    if shared is None:
        sys.exit("the folder of real captures is not here")
    excused = frozenset() if options.strict else shown_wrong(shared)
    result = score(shared, options.captures, options.protocol, excused)
    for _, miss in sorted(result.misses):
        if not options.wrong or not miss.endswith(("not observed", "no such flow")):
            sys.stdout.write(miss + "\n")
    taken = Counter(miss.split(" -> ")[1].split(":")[0] for _, miss in result.misses)
    sys.stdout.write(result.table() + "\n")
    sys.stdout.write(f"excused: {result.excused}\n")
    sys.stdout.write("misses: " + ", ".join(f"{name} {count}" for name, count in taken.most_common()) + "\n")


if __name__ == "__main__":
    main()
