"""QUIC: long headers of the IETF's versions and of Google's, and the ClientHello inside Initial packets."""

from typing import Any, Final

import numpy as np

from annotator.evidence import hello, quic_google, quic_initial
from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    FOLLOW,
    NOTHING,
    SERVER,
    SPECULATIVE,
    Answer,
    Probe,
    udp,
    verdict,
)
from annotator.evidence.quic_initial import LONGEST_HELLO
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8, view

CLIENT_HELLO, INITIAL_PART, LONG_HEADER, NEGOTIATION, RETRY, GOOGLE_HELLO, GOOGLE_HEADER, UNKNOWN_VERSION = range(8)
RESERVED_VERSION: Final = 8
SHORTEST_FIRST_ID: Final = 8
"""Bytes of the destination connection id that keys are derived from: the client's first (RFC 9000 section 7.2)."""
REJECTION: Final = 34
"""Where a Google server's REJ stands, behind flags, id, number, hash, an ACK frame and a STREAM frame's header."""


@kernel
def opened(data: Any, i: int, end: int, number: int, stop: int, stream: Any, filled: Any) -> tuple[int, int, int]:
    """Open the Initial packet at `i`, whose packet number is at `number`, and which ends at `stop`.

    Puts the handshake messages into `stream` (uint8, zeros) as far as they are there, and marks their bytes in
    `filled`. Returns (0 if it is no client's, 1 if frames fit, 2 with the whole ClientHello; place and length of the
    server name in the stream).
    """
    frames = quic_initial.open_initial(data, i, end, number, stop, np.zeros((3, 64), np.int64))
    google = quic_google.google_version(data, i + 1) >= 0
    crypto = quic_initial.GOOGLE_CRYPTO if google else quic_initial.CRYPTO
    most, sound = quic_initial.gather_crypto(frames, end >= stop - 16, crypto, stream, filled)
    if not sound or most == 0:
        return 0, 0, 0
    known = 0
    while known < most and filled[known]:
        known += 1
    joined = view(stream)
    if known >= 8 and be32(joined, 0) == quic_google.CHLO:
        _, at, length = quic_google.crypto_message(joined, -13, most)
        return 2, at, length
    if known >= 40 and u8(joined, 0) == 1:
        whole = 4 + (u8(joined, 1) << 16 | be16(joined, 2))
        state, at, length = hello.client_hello(joined, 4, min(known, whole), whole, False)
        if state == hello.BAD:
            return 0, 0, 0
        if state == hello.WHOLE or (length > 0 and u8(joined, at) > 31):
            return 2, at, length
    at, length = quic_initial.find_server_name(joined, 0, most)
    return 2 if length > 0 else 1, at, length


@kernel
def initial(data: Any, i: int, end: int) -> tuple[int, int]:
    """Give packet number's place and end of the Initial packet at `i` that can be opened; (-1, 0) if it cannot."""
    version = be32(data, i + 1)
    kind = 1 if version == quic_initial.V2 or version == quic_initial.V2_DRAFT else 0
    if u8(data, i) >> 4 & 3 != kind or quic_initial.salt_of(version) < 0 or u8(data, i + 5) < SHORTEST_FIRST_ID:
        return -1, 0
    number, stop, _ = quic_initial.long_header(data, i, end)
    return (number, stop) if number + 20 <= end else (-1, 0)


@kernel
def long_packet(data: Any, i: int, end: int, finish: int) -> Answer:
    """Judge a datagram that begins with a long header of a known version."""
    version = be32(data, i + 1)
    retry = 0 if version == quic_initial.V2 or version == quic_initial.V2_DRAFT else 3  # RFC 9369 section 3.2
    number, stop, _ = quic_initial.long_header(data, i, end)
    if u8(data, i) >> 4 & 3 == retry:
        fits = u8(data, i + 5) <= 20 and finish - i >= 23 + u8(data, i + 5)  # ids, token, tag of 16 bytes
        return (verdict(CONFIRMED if fits else SPECULATIVE, SERVER, RETRY), 0, 0)
    if number < 0 or stop > finish:
        return NOTHING
    if stop < finish and stop + 5 <= end:  # what is coalesced: a packet of the same version, 1-RTT, or padding
        first = u8(data, stop)
        if first & 0x80 and (first & 0x40 == 0 or be32(data, stop + 1) != version):
            return verdict(SPECULATIVE, ANY_ROLE, LONG_HEADER), 0, 0
    return verdict(CONFIRMED, ANY_ROLE, LONG_HEADER), 0, 0


@kernel
def negotiation(data: Any, i: int, end: int, finish: int) -> Answer:
    """Version Negotiation (RFC 9000 section 17.2.1): version 0, two ids, versions to the end, one of them known."""
    if u8(data, i + 5) > 20 or i + 6 + u8(data, i + 5) >= end:
        return NOTHING
    k = i + 6 + u8(data, i + 5)
    if u8(data, k) > 20:
        return NOTHING
    k += 1 + u8(data, k)
    if k >= finish or (finish - k) % 4 or finish - k > 256:
        return NOTHING
    while k + 4 <= end:
        if quic_initial.salt_of(be32(data, k)) >= 0 or quic_google.google_version(data, k) >= 9:
            return verdict(CONFIRMED, SERVER, NEGOTIATION), 0, 0
        k += 4
    return NOTHING


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A long header of a known version; of a client's first packets, the ClientHello that they hold."""
    if end - i < 14:
        return NOTHING
    google = quic_google.google_version(data, i + 1)
    if u8(data, i) & 0x89 == 0x08 and end - i >= 38 and be32(data, i + REJECTION) == quic_google.REJ:
        tag, _, _ = quic_google.crypto_message(data, i, end)
        return (verdict(CONFIRMED, SERVER, GOOGLE_HELLO), 0, 0) if tag == quic_google.REJ else NOTHING
    if u8(data, i) & 0x80 == 0 or (9 <= google < 50 and u8(data, i) & 0x40):
        if u8(data, i) & 0x80 == 0 and not quic_google.public_header(data, i, end):
            return NOTHING
        tag, at, length = quic_google.crypto_message(data, i, end)
        if tag == 0:
            return verdict(CONFIRMED, CLIENT if u8(data, i) < 0x80 else ANY_ROLE, GOOGLE_HEADER), 0, 0
        return verdict(CONFIRMED, CLIENT if tag == quic_google.CHLO else SERVER, GOOGLE_HELLO), at, length
    version = be32(data, i + 1)
    if version == 0:
        return negotiation(data, i, end, finish)
    if u8(data, i) & 0x40 == 0:
        return NOTHING  # the fixed bit
    if quic_initial.salt_of(version) >= 0 or version >> 8 == 0xFF0000 or version >> 8 == 0xFACEB0:
        answer = long_packet(data, i, end, finish)
        number, stop = initial(data, i, end)
        if answer[0] & 3 != CONFIRMED or number < 0 or finish - i < 100:
            return answer
        stream, filled = np.zeros(LONGEST_HELLO, np.uint8), np.zeros(LONGEST_HELLO, np.uint8)
        state, _, length = opened(data, i, end, number, stop, stream, filled)
        if state == 0:
            return answer
        if state == 2:
            return verdict(CONFIRMED, CLIENT, CLIENT_HELLO), i, end - i if length else 0
        # the rest comes in further packets; of packets that were cut when they were captured, nothing would be whole
        return verdict(CONFIRMED, CLIENT, INITIAL_PART, FOLLOW if end >= stop else 0), i, end - i if length else 0
    number, stop, _ = quic_initial.long_header(data, i, end)
    if number < 0 or stop > finish:
        return NOTHING
    # a version that is reserved to force negotiation (RFC 9000 section 15), in a datagram as a client's first must be
    forced = version & 0x0F0F0F0F == 0x0A0A0A0A and stop == finish and finish - i >= 1200
    if forced:
        return verdict(CONFIRMED, CLIENT, RESERVED_VERSION), 0, 0
    return verdict(SPECULATIVE, ANY_ROLE, UNKNOWN_VERSION), 0, 0


def label(raw: bytes) -> str:
    """Give the server name: as it stands (Google's), or out of the Initial packet that `raw` begins with."""
    if not raw or raw[0] < 0x80:
        return raw.decode("ascii", "backslashreplace")
    packet = np.frombuffer(raw, np.uint8)
    data = view(packet)
    number, stop = initial(data, 0, len(raw))
    if number < 0:
        return ""
    stream, filled = np.zeros(LONGEST_HELLO, np.uint8), np.zeros(LONGEST_HELLO, np.uint8)
    state, at, length = opened(data, 0, len(raw), number, stop, stream, filled)
    return hello.label(stream[at : at + length].tobytes()) if state else ""


LONG: Final = b"\xc0"
PROBE = Probe(
    name="quic",
    title="QUIC",
    sources=(
        "RFC 9000 sections 12.4, 15, 16, 17.2 and 19.6",
        "RFC 9001 section 5",
        "RFC 9369 section 3",
        "RFC 8446 section 4.1.2",
        "QUIC Crypto (Google, 2016)",
    ),
    bases=(
        "ClientHello in an Initial packet",
        "client's Initial packet",
        "long header",
        "version negotiation",
        "Retry",
        "Google QUIC handshake message",
        "Google QUIC public header",
        "long header of an unknown version",
        "long header of a reserved version",
    ),
    signatures=(
        udp(LONG + b"\0\0\0\1", mask=b"\xc0\xff\xff\xff\xff", shortest=21),
        udp(LONG + b"\x6b\x33\x43\xcf", mask=b"\xc0\xff\xff\xff\xff", shortest=21),
        udp(LONG + b"\x70\x9a\x50\xc4", mask=b"\xc0\xff\xff\xff\xff", shortest=21),
        udp(LONG + b"\xff\0\0\0", mask=b"\xc0\xff\xff\xff\0", shortest=21),
        udp(LONG + b"\xfa\xce\xb0\0", mask=b"\xc0\xff\xff\xff\0", shortest=21),
        udp(LONG + b"Q0", mask=b"\xc0\xff\xff", shortest=26),
        udp(LONG + b"T05", mask=b"\xc0\xff\xff\xff", shortest=26),
        udp(LONG + b"\x0a\x0a\x0a\x0a", mask=b"\xc0\x0f\x0f\x0f\x0f", shortest=100),
        udp(b"\x80\0\0\0\0", mask=b"\x80\xff\xff\xff\xff", shortest=11),
        udp(b"Q0", at=9, shortest=26),
        udp(b"REJ\0", at=REJECTION, shortest=64),
    ),
    confirm=confirm,
    strength=90,
    label=label,
    label_bytes=1500,
)
