"""LPD: one byte of command, a queue's name, and a line feed."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SPECULATIVE, START, Answer, Probe, tcp, verdict
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be16, u8

RECEIVE = 2


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Commands 1 to 5 (RFC 1179 section 5); proof is a control file's name in the same payload (section 6)."""
    if not context & START or end - i < 3 or not 1 <= u8(data, i) <= 5:
        return NOTHING
    k = i + 1
    while k < end and k < i + 65 and 0x20 <= u8(data, k) < 0x7F:
        k += 1
    if k == end and k < i + 65 and end == finish:
        return verdict(undecided(end, finish, context), CLIENT, 0), 0, 0
    if k >= end or u8(data, k) != 10 or k == i + 1:
        return NOTHING
    label, length = i + 1, k - i - 1
    k += 1
    # "\2123 cfA001host\n": a subcommand, the octets of the file, its name
    if u8(data, i) == RECEIVE and k < end and 2 <= u8(data, k) <= 3:
        k += 1
        while k < end and 0x30 <= u8(data, k) <= 0x39:
            k += 1
        if k + 3 <= end and u8(data, k) == 0x20 and (be16(data, k + 1) == 0x6366 or be16(data, k + 1) == 0x6466):
            return verdict(CONFIRMED, CLIENT, 0), label, length
    return (verdict(SPECULATIVE, CLIENT, 0), label, length) if k >= finish and length > 1 else NOTHING


PROBE = Probe(
    name="lpd",
    title="Line Printer Daemon",
    sources=("RFC 1179 sections 5, 6",),
    bases=("command",),
    signatures=(
        tcp(b"\x01@", mask=b"\xff\xc0", longest=66),
        tcp(b"\x02@", mask=b"\xfe\xc0", longest=400),
        tcp(b"\x04@", mask=b"\xfe\xc0", longest=200),
    ),
    confirm=confirm,
    strength=35,
)
