"""ADB, the Android debug bridge: a command and its complement."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, NOTHING, Answer, Probe, tcp, verdict
from annotator.kernel.load import be32, le32

CNXN, OPEN = 0x434E584E, 0x4F50454E
LARGEST = 1 << 20


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Command, two arguments, length, checksum, and the command with all bits turned."""
    if end - i < 24 or le32(data, i) ^ 0xFFFFFFFF != le32(data, i + 20) or le32(data, i + 12) > LARGEST:
        return NOTHING
    command = be32(data, i)
    start = i + 24
    if command == CNXN:
        return verdict(CONFIRMED, ANY_ROLE, 0), start, min(le32(data, i + 12), end - start)
    return verdict(CONFIRMED, CLIENT if command == OPEN else ANY_ROLE, 0), 0, 0


PROBE = Probe(
    name="adb",
    title="Android Debug Bridge",
    sources=("Android system/core/adb protocol.txt: message header",),
    bases=("message header",),
    signatures=(
        tcp(b"CNXN"),
        tcp(b"AUTH", shortest=24),
        tcp(b"STLS"),
        tcp(b"OPEN", shortest=24),
        tcp(b"SYNC", shortest=24),
    ),
    confirm=confirm,
    strength=97,
)
