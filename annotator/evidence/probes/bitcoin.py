"""Bitcoin: the message header of the peer-to-peer network."""

from typing import Any

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, NOTHING, Answer, Probe, tcp, verdict
from annotator.kernel.load import be32, le32, u8

MAGICS = (0xF9BEB4D9, 0x0B110907, 0xFABFB5DA, 0x0A03CF40, 0xFBC0B6DB, 0xF9BEB4FE, 0xBF0C6BBD)
"""Main, testnet3, regtest, signet; Litecoin, Namecoin, Dash: the same header under another number."""
LARGEST = 32 << 20


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Magic, command in 12 bytes of letters padded with NUL, length, checksum."""
    if end - i < 20 or be32(data, i) not in MAGICS or le32(data, i + 16) > LARGEST:
        return NOTHING
    length = 0
    for k in range(12):
        byte = u8(data, i + 4 + k)
        if byte == 0:
            continue
        if not (0x61 <= byte <= 0x7A or 0x30 <= byte <= 0x39) or length != k:  # letters first, then only NUL
            return NOTHING
        length = k + 1
    return (verdict(CONFIRMED, ANY_ROLE, 0), i + 4, length) if length >= 2 else NOTHING


PROBE = Probe(
    name="bitcoin",
    title="Bitcoin peer-to-peer protocol",
    sources=("Bitcoin developer reference: message headers",),
    bases=("message header",),
    signatures=(
        tcp(b"\xf9\xbe\xb4\xd9"),
        tcp(b"\x0b\x11\x09\x07"),
        tcp(b"\xfa\xbf\xb5\xda"),
        tcp(b"\x0a\x03\xcf\x40"),
        tcp(b"\xfb\xc0\xb6\xdb"),
        tcp(b"\xf9\xbe\xb4\xfe"),
        tcp(b"\xbf\x0c\x6b\xbd"),
    ),
    confirm=confirm,
    strength=96,
)
