"""S7comm: Siemens' protocol inside COTP inside TPKT."""

from typing import Any

from annotator.evidence.probe import CLIENT, CONFIRMED, NOTHING, SERVER, Answer, Probe, tcp, verdict
from annotator.kernel.load import be16, u8

COTP_DATA = 0xF0
S7, S7_PLUS = 0x32, 0x72
JOB, ACK, ACK_DATA, USERDATA = 1, 2, 3, 7


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """TPKT 03 00 and length (RFC 1006), COTP DT of three bytes, then S7's identifier, kind and lengths."""
    if end - i < 17 or be16(data, i) != 0x0300 or be16(data, i + 2) > finish - i:
        return NOTHING
    if u8(data, i + 4) != 2 or u8(data, i + 5) != COTP_DATA:
        return NOTHING
    length = be16(data, i + 2)
    k = i + 7
    if u8(data, k) == S7:
        kind = u8(data, k + 1)
        header = 12 if kind in (ACK, ACK_DATA) else 10
        if kind not in (JOB, ACK, ACK_DATA, USERDATA) or be16(data, k + 2) != 0:
            return NOTHING
        if 7 + header + be16(data, k + 6) + be16(data, k + 8) != length:
            return NOTHING
        return verdict(CONFIRMED, CLIENT if kind == JOB else SERVER if kind in (ACK, ACK_DATA) else 0, 0), 0, 0
    if u8(data, k) == S7_PLUS and u8(data, k + 1) in (1, 2, 3) and be16(data, k + 2) <= length - 11:
        return verdict(CONFIRMED, 0, 1), 0, 0
    return NOTHING


PROBE = Probe(
    name="s7comm",
    title="Siemens S7 communication",
    sources=("RFC 1006 section 6", "ISO 8073 DT TPDU", "S7comm header as its dissectors document it"),
    bases=("S7 header", "S7 plus header"),
    signatures=(
        tcp(b"\x02\xf0\x80\x32", at=4, mask=b"\xff\xff\x00\xff", shortest=17),
        tcp(b"\x02\xf0\x80\x72", at=4, mask=b"\xff\xff\x00\xff", shortest=17),
    ),
    confirm=confirm,
    strength=92,
)
