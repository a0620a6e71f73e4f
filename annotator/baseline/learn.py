"""Write a baseline: the services in use of a report, as TOML that people read, edit and keep under version control.

One ``[[service]]`` table an endpoint, in order of address, transport and port, so that two versions of the file differ
where the network does. What was seen stands in a comment beside it and is not compared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from annotator.baseline.expected import REMOTE
from annotator.report import human
from annotator.report.brief import evidence, peers, port_label
from annotator.report.records import Record
from annotator.report.report import Report
from annotator.report.sanitize import clean
from annotator.toml_file import string, strings

VERSION: Final = 1
"""Of the file's form."""

HEAD: Final = """\
# Services that were in use, as `annotate baseline` saw them. `annotate check CAPTURE --baseline FILE` compares.
#
# Edit it: take out what should not be there, and widen what may vary.
#   responder  an address, a network ("10.0.4.0/24"), "local", "remote", "*" for anybody, or a list of these
#   transport  "tcp", "udp", "sctp", "dccp", "udplite", or a list
#   port       a number, a range ("9000-9010"), "*", or a list
#   status     the registry's status that you agreed to; leave it out, and it is not compared
#   observed   the protocols that the payload may show; leave it out, and they are not compared
#   optional   true: nobody misses it
#   note       words of your own
"""


@dataclass(frozen=True, slots=True)
class _Service:
    responder: str
    transport: str
    port: int
    status: str
    confirmed: list[str]
    seen: str


def learn(report: Report, *, fold_remote: bool = False) -> Iterator[bytes]:
    """Give the file's bytes.

    Endpoints whose port was probably picked for the occasion are left out; their number stands in a comment. With
    `fold_remote`, the services of remote responders are one table a port, whoever answered.
    """
    rows = [row for row in report.endpoints if not row["likely_ephemeral"]]
    near = [row for row in rows if not (fold_remote and row["responder_scope"] == REMOTE)]
    far = [row for row in rows if fold_remote and row["responder_scope"] == REMOTE]
    yield HEAD.encode()
    yield b"#\n"
    yield from (f"# {line}".rstrip().encode() + b"\n" for line in report.caveat.splitlines())
    yield f"\nversion = {VERSION}\n\n".encode()
    yield from _learned(report)
    left_out = len(report.endpoints) - len(rows)
    if left_out:
        words = f"{human.counted(left_out, 'endpoint')} left out: the port is likely an ephemeral one"
        yield f"\n# {words}\n".encode()
    for service in (*map(_service, near), *_folded(far)):
        yield from (f"{line}\n".encode() for line in _table(service))


def _learned(report: Report) -> Iterator[bytes]:
    options = report.options
    lines = [
        "[learned] # where this comes from; nothing of it is compared",
        f"captures = {strings([capture['name'] for capture in report.captures])}",
        f"first_seen = {string(min((c['first_seen'] for c in report.captures if c['first_seen']), default=''))}",
        f"last_seen = {string(max((c['last_seen'] for c in report.captures if c['last_seen']), default=''))}",
        f"registry = {string(report.registry['updated'])}",
        f"registry_sha256 = {string(report.registry['sha256'])}",
        f"local = {strings([clean(network) for network in options.get('local', ())])}",
    ]
    if options.get("filter"):
        lines.append(f"filter = {string(options['filter'])}")
    return (f"{line}\n".encode() for line in lines)


def _service(row: Record) -> _Service:
    amounts = [peers(row), human.counted(row["flows"], "flow"), human.size(row["bytes"])]
    label = port_label(row["port"], row["transport"], row["service"])
    return _Service(
        row["responder_addr"],
        row["transport"],
        row["port"],
        row["status"],
        row["confirmed"],
        " · ".join([label, evidence(row), *amounts]),
    )


def _folded(rows: list[Record]) -> Iterator[_Service]:
    """Make one service of all remote responders of a port."""

    def key(row: Record) -> tuple[str, int]:
        return row["transport"], row["port"]

    for (transport, port), some in groupby(sorted(rows, key=key), key):
        group = list(some)
        amounts = [
            human.counted(len(group), "responder"),
            human.counted(sum(row["flows"] for row in group), "flow"),
            human.size(sum(row["bytes"] for row in group)),
        ]
        label = port_label(port, transport, group[0]["service"])
        confirmed = sorted({name for row in group for name in row["confirmed"]})
        yield _Service(REMOTE, transport, port, group[0]["status"], confirmed, " · ".join([label, *amounts]))


def _table(service: _Service) -> Iterable[str]:
    # what the comment says has passed sanitize.clean: it is one line of printable characters
    return (
        "",
        "[[service]]",
        f"# {service.seen}",
        f"responder = {string(service.responder)}",
        f"transport = {string(service.transport)}",
        f"port = {service.port}",
        f"status = {string(service.status)}",
        f"observed = {strings(service.confirmed)}",
    )
