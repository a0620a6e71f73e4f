"""ONC RPC: calls of every program but NFS, among them the port mapper's, and replies."""

from typing import Any

from annotator.evidence.probe import (
    ANNOUNCE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    TCP,
    Answer,
    Probe,
    tcp,
    udp,
    verdict,
)
from annotator.evidence.probes._sunrpc import announced_ports, call_header, known_flavor
from annotator.kernel.load import be32

NFS = 100003
PROGRAMS = {
    100000: "portmap",
    100001: "rstatd",
    100002: "rusersd",
    100004: "ypserv",
    100005: "mountd",
    100007: "ypbind",
    100008: "walld",
    100009: "yppasswdd",
    100011: "rquotad",
    100021: "nlockmgr",
    100024: "status",
    100083: "ttdbserverd",
    100227: "nfs_acl",
    100232: "sadmind",
    390113: "nsrexecd",
}


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A call names its program; a reply names nothing, so that it alone proves little (RFC 5531 section 9)."""
    if context & TCP and not context & START and (end - i < 4 or be32(data, i) & 0x7FFFFFFF != finish - i - 4):
        return NOTHING
    k = i + 4 if context & TCP else i
    if end - k >= 20 and be32(data, k + 4) == 1 and be32(data, k + 8) <= 1:
        if (context & TCP and be32(data, i) & 0x7FFFFFFF < 20) or (finish - k) & 3:
            return NOTHING
        if be32(data, k + 8) == 0 and (not known_flavor(be32(data, k + 12)) or be32(data, k + 16) > 400):
            return NOTHING
        if be32(data, k + 8) == 1 and (be32(data, k + 12) > 1 or be32(data, k + 16) > 13):
            return NOTHING
        # accepted, without a verifier, with success, and one port or a list behind: perhaps a port mapper's
        maps = end - k >= 28 and be32(data, k + 8) == 0 and be32(data, k + 16) == 0 and be32(data, k + 20) == 0
        wishes = ANNOUNCE if maps and (finish - k == 28 or (finish - k) % 20 == 8) and be32(data, k + 24) else 0
        return verdict(SPECULATIVE, SERVER, 1, wishes), 0, 0
    grade, program, place = call_header(data, i, end, finish, context)
    if grade != 3:
        return verdict(grade, CLIENT, 0), 0, 0
    return (verdict(CONFIRMED, CLIENT, 0), place, 4) if program != NFS else NOTHING


def spell(raw: bytes) -> str:
    """Name a program (IANA "RPC Program Numbers"), or give its number."""
    number = int.from_bytes(raw, "big")
    return PROGRAMS.get(number, f"program {number}")


PROBE = Probe(
    name="rpc",
    title="ONC Remote Procedure Call",
    sources=("RFC 5531 sections 8, 9, 11", "RFC 1833 section 3"),
    bases=("call", "reply"),
    signatures=(
        udp(b"\x00\x00\x00\x00\x00\x00\x00\x02", at=4),
        tcp(b"\x00\x00\x00\x00\x00\x00\x00\x02", at=8),
        udp(b"\x00\x00\x00\x01\x00\x00\x00\x00", at=4, mask=b"\xff\xff\xff\xff\xff\xff\xff\xfe", shortest=20),
        tcp(b"\x00\x00\x00\x01\x00\x00\x00\x00", at=8, mask=b"\xff\xff\xff\xff\xff\xff\xff\xfe", shortest=24),
    ),
    confirm=confirm,
    strength=85,
    label=spell,
    announced=announced_ports,
)
