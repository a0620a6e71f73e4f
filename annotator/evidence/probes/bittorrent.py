"""BitTorrent: the peer handshake, DHT and uTP datagrams, UDP trackers, and local peer discovery."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    UDP,
    Answer,
    Probe,
    tcp,
    udp,
    verdict,
)
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

TRACKER_MAGIC = (0x00000417, 0x27101980)


@kernel
def utp(data: Any, i: int, end: int, finish: int) -> int:
    """Grade a uTP header: type and version 1, extensions that end, and only a SYN is enough to be sure."""
    if end - i < 20 or u8(data, i) & 15 != 1 or u8(data, i) >> 4 > 4:
        return 0
    kind, extension = u8(data, i) >> 4, u8(data, i + 1)
    k = i + 20
    for _ in range(4):
        if extension == 0:
            break
        if extension > 2 or end - k < 2:
            return 0
        extension, k = u8(data, k), k + 2 + u8(data, k + 1)
    if extension or k > finish:
        return 0
    if kind == 4:  # SYN: acknowledges nothing, carries nothing, sequence 1
        return CONFIRMED if be16(data, i + 18) == 0 and k == finish and be16(data, i + 16) == 1 else 0
    if kind in (2, 3, 1):  # STATE, RESET, FIN carry nothing
        return SPECULATIVE if k == finish else 0
    return SPECULATIVE if finish > k and be32(data, i + 12) <= 1 << 22 else 0


@kernel
def dht(data: Any, i: int, end: int, finish: int) -> int:
    """Say what a bencoded dictionary at `i` is: 1 a DHT query, 2 an answer or error, 0 neither (BEP 5)."""
    if end - i < 20 or u8(data, i) != 0x64 or (end == finish and u8(data, end - 1) != 0x65):
        return 0
    for k in range(i, end - 5):
        if be32(data, k) == 0x313A7931 and u8(data, k + 4) == 0x3A:  # "1:y1:"
            kind = u8(data, k + 5)
            return 1 if kind == 0x71 else 2 if kind in (0x72, 0x65) else 0
    return 0


@kernel
def handshake(data: Any, i: int) -> bool:
    """Say whether at `i` stand 19 and ``BitTorrent pro`` (BEP 3)."""
    begins = u8(data, i) == 19 and be32(data, i + 1) == 0x42697454 and be32(data, i + 5) == 0x6F727265
    return begins and be32(data, i + 9) == 0x6E742070 and be16(data, i + 13) == 0x726F


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """TCP: 19 and ``BitTorrent protocol``; UDP: what each of the datagram protocols begins with."""
    if end - i < 16:
        return NOTHING
    if not context & UDP:
        return (verdict(CONFIRMED, ANY_ROLE, 0), 0, 0) if handshake(data, i) else NOTHING
    first = u8(data, i)
    if first == 0x64:
        kind = dht(data, i, end, finish)
        return (verdict(CONFIRMED, CLIENT if kind == 1 else SERVER, 1), 0, 0) if kind else NOTHING
    if handshake(data, i):
        return verdict(CONFIRMED, ANY_ROLE, 0), 0, 0
    if be32(data, i) == TRACKER_MAGIC[0] and be32(data, i + 4) == TRACKER_MAGIC[1]:
        fits = finish - i == 16 and be32(data, i + 8) == 0  # connect
        return (verdict(CONFIRMED, CLIENT, 2), 0, 0) if fits else NOTHING
    if be32(data, i) == 0x42542D53 and be32(data, i + 4) == 0x45415243:  # "BT-SEARCH * HTTP/1.1"
        return verdict(CONFIRMED, CLIENT, 4), 0, 0
    grade = utp(data, i, end, finish)
    return (verdict(grade, CLIENT if grade == CONFIRMED else ANY_ROLE, 3), 0, 0) if grade else NOTHING


PROBE = Probe(
    name="bittorrent",
    title="BitTorrent",
    sources=("BEP 3", "BEP 5", "BEP 14", "BEP 15", "BEP 29"),
    bases=("peer handshake", "DHT message", "tracker connect", "uTP header", "local peer discovery"),
    signatures=(
        tcp(b"\x13BitTorr"),
        udp(b"\x13BitTorr"),
        udp(b"d1:"),
        udp(b"d2:"),
        udp(b"\x00\x00\x04\x17\x27\x10\x19\x80"),
        udp(b"BT-SEARC"),
        udp(b"\x41\x00", shortest=20, longest=60),
        udp(b"\x01", mask=b"\x8f", shortest=20),
    ),
    confirm=confirm,
    strength=58,
)
