"""XDMCP: a version, an operation, and a length that its arrays fill."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, SPECULATIVE, Answer, Probe, udp, verdict
from annotator.kernel.load import be16, u8

BASES = (
    "query",
    "willing",
    "unwilling",
    "request",
    "accept",
    "decline",
    "manage",
    "refuse",
    "failed",
    "keep-alive",
    "alive",
)


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Version 1, operation 1 to 14, and the length of the rest (X.Org XDMCP section 10)."""
    if end - i < 6:
        return NOTHING
    operation, length = be16(data, i + 2), be16(data, i + 4)
    if be16(data, i) != 1 or not 1 <= operation <= 14 or length != finish - i - 6:
        return NOTHING
    basis = max(operation - 4, 0)
    k = i + 6
    if operation == 4:  # forwarded query
        return verdict(SPECULATIVE, CLIENT, basis), 0, 0
    if operation <= 3:  # the names of authentications
        if length < 1 or end - k < 1:
            return NOTHING
        count = u8(data, k)
        k += 1
        for _ in range(count):
            if k + 2 > end:
                return verdict(SPECULATIVE if end < finish else 0, CLIENT, basis), 0, 0
            k += 2 + be16(data, k)
        return (verdict(CONFIRMED, CLIENT, basis), 0, 0) if k == finish else NOTHING
    if operation == 5 or operation == 6:  # willing: authentication, host, status; unwilling: host, status
        label, size = 0, 0
        for n in range(3 if operation == 5 else 2):
            if k + 2 > end:
                return verdict(SPECULATIVE if end < finish else 0, SERVER, basis), 0, 0
            if n == 6 - operation:  # the host
                label, size = k + 2, min(be16(data, k), end - k - 2)
            k += 2 + be16(data, k)
        return (verdict(CONFIRMED, SERVER, basis), label, size) if k == finish else NOTHING
    asks = operation == 7 or operation == 10 or operation == 13
    least = 6 if operation == 13 else 5 if operation == 14 else 4
    if length < least or length > 2048 or (operation == 13 and length > 300):
        return NOTHING
    return verdict(CONFIRMED if length >= 8 else SPECULATIVE, CLIENT if asks else SERVER, basis), 0, 0


PROBE = Probe(
    name="xdmcp",
    title="X Display Manager Control Protocol",
    sources=("X.Org XDMCP 1.1 sections 4, 10",),
    bases=BASES,
    signatures=(udp(b"\x00\x01\x00\x00\x00", mask=b"\xff\xff\xff\xf0\xf0", shortest=6),),
    confirm=confirm,
    strength=60,
)
