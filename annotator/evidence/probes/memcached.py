"""Memcached: the text commands, their answers, and the binary header."""

from typing import Any

from annotator.evidence.probe import (
    CLIENT,
    CONFIRMED,
    NOTHING,
    SERVER,
    SPECULATIVE,
    START,
    UDP,
    Answer,
    Probe,
    anywhere,
    tcp,
    udp,
    verdict,
)
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

UDP_FRAME = 8


@kernel
def line_end(data: Any, i: int, end: int) -> int:
    """Find the CR LF that ends the printable line at `i`: its position, or -1."""
    for k in range(i, min(end - 1, i + 300)):
        byte = u8(data, k)
        if byte == 13:
            return k if u8(data, k + 1) == 10 else -1
        if byte < 32 or byte > 126:
            return -1
    return -1


@kernel
def text_answer(data: Any, i: int, end: int) -> Answer:
    """Judge a text command or answer at `i`."""
    stop = line_end(data, i, end)
    if stop < 0 or end - i < 6:
        return NOTHING
    word = be32(data, i)
    following = be16(data, i + 4)
    if word == 0x73746174 and following in (0x730D, 0x7320):  # "stats"
        return verdict(CONFIRMED, CLIENT, 0), i, stop - i
    if word == 0x56455253 and following == 0x494F:  # "VERSION"
        return verdict(SPECULATIVE, SERVER, 1), i, stop - i
    if word == 0x53544154 and u8(data, i + 4) == 0x20:  # "STAT name value"
        return verdict(CONFIRMED, SERVER, 1), 0, 0
    if word == 0x53544F52 and following == 0x4544:  # "STORED"
        return verdict(SPECULATIVE, SERVER, 1), 0, 0
    if word == 0x56414C55 and following == 0x4520:  # "VALUE key flags bytes"
        return verdict(CONFIRMED if spaces(data, i, stop) >= 3 else SPECULATIVE, SERVER, 1), 0, 0
    if word in (0x73657420, 0x61646420):  # "set ", "add ": key flags exptime bytes
        return (verdict(CONFIRMED, CLIENT, 0), 0, 0) if spaces(data, i, stop) in (4, 5) else NOTHING
    if word == 0x67657473 and u8(data, i + 4) == 0x20:  # "gets "
        return verdict(SPECULATIVE, CLIENT, 0), 0, 0
    if word == 0x67657420:  # "get key"
        return verdict(SPECULATIVE, CLIENT, 0), 0, 0
    return NOTHING


@kernel
def spaces(data: Any, i: int, end: int) -> int:
    """Count the spaces in ``data[i:end]``."""
    count = 0
    for k in range(i, end):
        if u8(data, k) == 0x20:
            count += 1
    return count


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Text lines; or a 24-byte binary header; on UDP behind a frame of request id, number, total, 0."""
    if not context & START:
        return NOTHING
    if context & UDP:
        if end - i < UDP_FRAME + 6 or be16(data, i + 6) != 0 or be16(data, i + 2) >= be16(data, i + 4):
            return NOTHING
        i += UDP_FRAME
    first = u8(data, i)
    if first in (0x80, 0x81):
        if end - i < 24:
            return NOTHING
        key, extras, body = be16(data, i + 2), u8(data, i + 4), be32(data, i + 8)
        fits = u8(data, i + 1) <= 0x48 and u8(data, i + 5) == 0 and key + extras <= body and key <= 250 and extras <= 20
        if not fits or (body > finish - i - 24 and body > 1 << 20):
            return NOTHING
        status_fits = first == 0x80 or be16(data, i + 6) <= 0x86
        if not status_fits or (first == 0x80 and be16(data, i + 6) != 0):
            return NOTHING
        return (
            verdict(CONFIRMED if body == finish - i - 24 else SPECULATIVE, CLIENT if first == 0x80 else SERVER, 2),
            0,
            0,
        )
    return text_answer(data, i, end)


PROBE = Probe(
    name="memcached",
    title="memcached",
    sources=("memcached protocol.txt", "memcached binary protocol"),
    bases=("text command", "text answer", "binary header"),
    signatures=(
        tcp(b"get"),
        tcp(b"set "),
        tcp(b"add "),
        tcp(b"stats"),
        tcp(b"STAT "),
        tcp(b"VALUE "),
        tcp(b"STORED\r\n"),
        tcp(b"VERSION "),
        anywhere(b"\x80\x00", mask=b"\xfe\x80", shortest=24),
        udp(b"\x00\x00", at=6, shortest=14),
    ),
    confirm=confirm,
    strength=60,
)
