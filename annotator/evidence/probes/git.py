"""Git: its own transport's request, and the server's first advertised reference."""

from typing import Any, Final

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, START, Answer, Probe, tcp, verdict
from annotator.kernel.jit import kernel
from annotator.kernel.load import be32, u8

REQUEST, REFERENCES, VERSION_2 = range(3)
GIT: Final = 0x6769742D  # "git-"


@kernel
def hexadecimal(data: Any, i: int, count: int) -> int:
    """Say how many of `count` bytes are lower-case hexadecimal digits, from the first on."""
    for k in range(count):
        byte = u8(data, i + k)
        if not (48 <= byte <= 57 or 97 <= byte <= 102):
            return k
    return count


@kernel
def packet_length(data: Any, i: int) -> int:
    """Read the four hexadecimal digits of a pkt-line; -1 where they are none."""
    length = 0
    if hexadecimal(data, i, 4) < 4:
        return -1
    for k in range(i, i + 4):
        byte = u8(data, k)
        length = length * 16 + (byte - 48 if byte < 58 else byte - 87)
    return length


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A pkt-line with ``git-upload-pack path NUL host=``, or with an object's name of 40 or 64 digits, or version 2."""
    if not context & START or end - i < 14:
        return NOTHING
    length = packet_length(data, i)
    if length < 14 or i + length > finish:
        return NOTHING
    if be32(data, i + 4) == GIT:
        space = i + 8
        while space < end and u8(data, space) > 32:
            space += 1
        stop = space
        while stop < end and u8(data, stop) != 0:
            stop += 1
        if space >= end or u8(data, space) != 32 or stop > i + length:
            return NOTHING
        return verdict(CONFIRMED, CLIENT, REQUEST), space + 1, stop - space - 1
    if length == 14 and be32(data, i + 4) == 0x76657273 and be32(data, i + 8) == 0x696F6E20:  # "version "
        return verdict(CONFIRMED, SERVER, VERSION_2), 0, 0
    if end - i < 69:
        return NOTHING
    digits = hexadecimal(data, i + 4, 64)
    named = (digits == 40 or digits == 64) and u8(data, i + 4 + digits) == 32
    return (verdict(CONFIRMED, SERVER, REFERENCES), 0, 0) if named else NOTHING


PROBE = Probe(
    name="git",
    title="Git transport",
    sources=("gitprotocol-pack(5)", "gitprotocol-v2(5)"),
    bases=("request", "references", "version 2 capabilities"),
    signatures=(
        tcp(b"git-uplo", at=4, shortest=24),
        tcp(b"git-rece", at=4, shortest=24),
        tcp(b"000evers", shortest=14),
        tcp(b"00", shortest=69, mask=b"\xff\xff"),
        tcp(b"01", shortest=69, mask=b"\xff\xff"),
    ),
    confirm=confirm,
    strength=85,
)
