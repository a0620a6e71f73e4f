"""ONC RPC messages (RFC 5531): what the probes of portmap and NFS share."""

from typing import Any

from annotator.evidence.probe import NO, TCP
from annotator.evidence.undecided import undecided
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32

CALL, REPLY = 0, 1
MOST_OPAQUE = 400
"""Bytes of a credential or verifier at the most (RFC 5531 section 8.2)."""


@kernel
def known_flavor(value: int) -> bool:
    """Say whether `value` is an authentication flavor: none, system, short, DH, Kerberos, GSS, TLS, or a pseudo one."""
    return value <= 7 or 390000 <= value <= 390020


@kernel
def call_header(data: Any, i: int, end: int, finish: int, context: int) -> tuple[int, int, int]:
    """Read a call: (grade: 3 where it is one, else undecided or no; the program; the place of the program's number)."""
    if context & TCP:  # RFC 5531 section 11: the record mark
        if end - i < 4 or be32(data, i) & 0x7FFFFFFF < 40:
            return NO, 0, 0
        i += 4
    if end - i < 28:
        return undecided(end, finish, context), 0, 0
    program, version, procedure = be32(data, i + 12), be32(data, i + 16), be32(data, i + 20)
    if be32(data, i + 4) != CALL or be32(data, i + 8) != 2 or version > 8192 or procedure > 4096:
        return NO, 0, 0
    if program < 100000 or program >= 0x60000000:
        return NO, 0, 0
    k = i + 24
    for _ in range(2):  # credential and verifier
        if end - k < 8:
            return undecided(end, finish, context), 0, 0
        if not known_flavor(be32(data, k)) or be32(data, k + 4) > MOST_OPAQUE:
            return NO, 0, 0
        k += 8 + (be32(data, k + 4) + 3 & ~3)
    if k > finish and not context & TCP:
        return NO, 0, 0
    return 3, program, i + 12


def announced_ports(raw: bytes) -> list[tuple[str, str, int]]:
    """Read the reply of a port mapper: one port (GETPORT), or a list of them (DUMP) (RFC 1833 section 3)."""
    words = [int.from_bytes(raw[k : k + 4], "big") for k in range(0, len(raw) - 3, 4)]
    if words and words[0] >> 31:
        words = words[1:]
    if len(words) < 7 or words[1] != REPLY or words[2]:
        return []
    rest = words[5 + words[4] // 4 :]
    if len(rest) == 2 and not rest[0] and 0 < rest[1] < 65536:
        return [("", "tcp", rest[1]), ("", "udp", rest[1])]
    found: list[tuple[str, str, int]] = []
    k = 1
    while k + 4 < len(rest) and rest[k] == 1 and len(found) < 64:
        transport, port = {6: "tcp", 17: "udp"}.get(rest[k + 3], ""), rest[k + 4]
        if transport and 0 < port < 65536:
            found.append(("", transport, port))
        k += 5
    return found
