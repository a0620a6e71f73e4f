"""Raw printing: the printer job language that jobs begin with."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, NOTHING, START, Answer, Probe, tcp, verdict
from annotator.kernel.load import be32, u8

EXIT, PJL = 0x1B252D31, 0x40504A4C
"""``ESC % - 1`` of the Universal Exit Language, and ``@PJL``."""


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """``ESC%-12345X`` and mostly ``@PJL`` behind it (PJL reference, chapter 2); a printer answers ``@PJL``."""
    if not context & START or end - i < 8:
        return NOTHING
    if be32(data, i) == EXIT:
        if end - i < 9 or be32(data, i + 4) != 0x32333435 or u8(data, i + 8) != 0x58:
            return NOTHING
        return verdict(CONFIRMED, CLIENT, 0), 0, 0
    if be32(data, i) != PJL or u8(data, i + 4) != 0x20:
        return NOTHING
    return verdict(CONFIRMED, ANY_ROLE, 1), 0, 0  # printers repeat what was asked; a job may begin so as well


PROBE = Probe(
    name="jetdirect",
    title="Raw printing (JetDirect) with PJL",
    sources=("HP Printer Job Language Technical Reference Manual, chapter 2",),
    bases=("universal exit", "PJL"),
    signatures=(tcp(b"\x1b%-12345", shortest=9), tcp(b"@PJL ", shortest=8)),
    confirm=confirm,
    strength=85,
)
