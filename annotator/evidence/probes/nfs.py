"""NFS: ONC RPC calls of its program number. Replies do not name the program: the rpc probe speculates on them."""

from typing import Any

from annotator.evidence.probe import CLIENT, NOTHING, START, TCP, Answer, Probe, tcp, udp, verdict
from annotator.evidence.probes._sunrpc import call_header
from annotator.kernel.load import be32

PROGRAM = 100003


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A call of program 100003, version 2, 3 or 4 (RFC 1094, RFC 1813, RFC 7530); the label is the version."""
    if context & TCP and not context & START and (end - i < 4 or be32(data, i) & 0x7FFFFFFF != finish - i - 4):
        return NOTHING
    grade, program, place = call_header(data, i, end, finish, context)
    if grade == 3 and (program != PROGRAM or not 2 <= be32(data, place + 4) <= 4):
        return NOTHING
    return (verdict(grade, CLIENT, 0), place + 7, 1) if grade == 3 else (verdict(grade, CLIENT, 0), 0, 0)


PROBE = Probe(
    name="nfs",
    title="Network File System",
    sources=("RFC 1094", "RFC 1813", "RFC 7530", "RFC 5531 section 9"),
    bases=("call",),
    signatures=(
        udp(b"\x00\x00\x00\x02\x00\x01\x86\xa3", at=8),
        tcp(b"\x00\x00\x00\x02\x00\x01\x86\xa3", at=12),
    ),
    confirm=confirm,
    strength=90,
    label=lambda raw: f"version {raw[0]}",
)
