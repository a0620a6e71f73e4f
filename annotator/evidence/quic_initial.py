"""Opens the Initial packets of a QUIC client, and puts the ClientHello in them together.

Their keys are derived from the connection id that the packet shows (RFC 9001 section 5.2); the payload is encrypted
in counter mode, so that what the snap length left of it can be read.
"""

from typing import Any, Final

import numpy as np

from annotator.evidence.quic_crypto import encrypt_block, expand_key, hmac_sha256
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, be32, u8

V1, V2 = 0x00000001, 0x6B3343CF
"""Version numbers of RFC 9000 and RFC 9369."""
V2_DRAFT: Final = 0x709A50C4
Q050, T050, T051 = 0x51303530, 0x54303530, 0x54303531
LONGEST_HELLO: Final = 4096
"""Bytes of the handshake stream that are put together."""
MOST_RANGES: Final = 256
"""Of an ACK frame that are walked along."""
CRYPTO, GOOGLE_CRYPTO = 0x06, 0x08
"""Type of the CRYPTO frame: of the IETF's versions, and of Google's."""

_SALTS: Final = (
    "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",  # RFC 9001 section 5.2; from draft 33 on
    "afbfec289993d24c9e9786f19c6111e04390a899",  # drafts 29 to 32
    "c3eef712c72ebb5a11a7d2432bb46365bef9f502",  # drafts 23 to 28
    "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a",  # drafts 21 and 22
    "0dede3def700a6db819381be6e269dcbf9bd2ed9",  # RFC 9369 section 3.3.1
    "a707c203a59b47184a1d62ca570406ea7ae3e5d3",  # the drafts of version 2
    "504574efd066fe2f9d945cfcdbd3a7f0d3b56b45",  # Google's Q050
    "7ff579e5acd072915580304c43a2367c60488310",  # T050
    "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d",  # T051
)
SALTS: Final = np.array([list(bytes.fromhex(salt)) for salt in _SALTS], np.int64)


def _info(label: str, length: int) -> list[int]:
    """Give the info of HKDF-Expand-Label (RFC 8446 section 7.1), with the counter 1 of the only block behind it."""
    text = b"tls13 " + label.encode()
    return list(length.to_bytes(2, "big") + bytes([len(text)]) + text + b"\0\1")


_INFOS: Final = [
    _info(label, length)
    for label, length in (
        ("client in", 32),
        ("quic key", 16),
        ("quic iv", 12),
        ("quic hp", 16),
        ("quicv2 key", 16),  # RFC 9369 section 3.3.2
        ("quicv2 iv", 12),
        ("quicv2 hp", 16),
    )
]
INFO_LENGTHS: Final = np.array([len(info) for info in _INFOS], np.int64)
INFOS: Final = np.array([info + [0] * (24 - len(info)) for info in _INFOS], np.int64)


@kernel
def salt_of(version: int) -> int:
    """Give the place of a version's salt in SALTS, -1 for a version that is not known."""
    if version == V1:
        return 0
    if version == V2:
        return 4
    if version == V2_DRAFT:
        return 5
    if version == Q050:
        return 6
    if version == T050:
        return 7
    if version == T051:
        return 8
    draft = 0
    if version >> 8 == 0xFF0000:
        draft = version & 255
    elif version == 0xFACEB001:  # Facebook's mvfst, by the drafts that it followed
        draft = 22
    elif version == 0xFACEB002 or version == 0xFACEB00E:
        draft = 27
    if draft < 21 or draft > 34:
        return -1
    return 0 if draft >= 33 else 1 if draft >= 29 else 2 if draft >= 23 else 3


@kernel
def varint(data: Any, i: int, end: int) -> tuple[int, int]:
    """Read a variable-length integer (RFC 9000 section 16): (value, place behind it); (0, -1) past the end."""
    if i >= end:
        return 0, -1
    first = u8(data, i)
    size = 1 << (first >> 6)
    if i + size > end:
        return 0, -1
    value = first & 63
    for k in range(i + 1, i + size):
        value = value << 8 | u8(data, k)
    return value, i + size


@kernel
def long_header(data: Any, i: int, end: int) -> tuple[int, int, int]:
    """Walk through the long header at `i` up to its packet number (RFC 9000 section 17.2).

    Returns (place of the packet number, place behind the packet, place of the token); the first is -1 where the
    header is not consistent, or not there.
    """
    if i + 7 > end or u8(data, i + 5) > 20:
        return -1, 0, 0
    k = i + 6 + u8(data, i + 5)
    if k >= end or u8(data, k) > 20:
        return -1, 0, 0
    k += 1 + u8(data, k)
    kind = u8(data, i) >> 4 & 3
    version = be32(data, i + 1)
    token = k
    if kind == (1 if version == V2 or version == V2_DRAFT else 0):  # Initial; RFC 9369 section 3.2 moved the types
        length, k = varint(data, k, end)
        token = k
        k = k + length if k >= 0 else -1
    if k < 0 or k >= end:
        return -1, 0, 0
    length, k = varint(data, k, end)
    if k < 0 or length < 4:
        return -1, 0, 0
    return k, k + length, token


@kernel
def open_initial(data: Any, i: int, end: int, number: int, stop: int, keys: Any) -> Any:
    """Decrypt the client's Initial packet at `i`, whose packet number stands at `number`, and which ends at `stop`.

    Of a packet that is stored to `end` only, what is there is decrypted. The caller has checked the header, and that
    20 bytes stand from `number` on. Leaves key, iv and header protection key at the start of the rows of `keys`
    (int64[3, 64]), and gives the frames: int64[n].

    All is one function: each call of one that holds the ciphers costs another second when it is compiled.
    """
    state, work, w = np.zeros(8, np.int64), np.zeros(256, np.int64), np.zeros(64, np.int64)
    secret, message, pads = np.zeros(64, np.int64), np.zeros(64, np.int64), np.zeros((2, 8), np.int64)
    version = be32(data, i + 1)
    base = 4 if version == V2 or version == V2_DRAFT else 1
    for k in range(20):
        secret[k] = SALTS[max(salt_of(version), 0), k]
    length = u8(data, i + 5)
    for k in range(length):
        message[k] = u8(data, i + 6 + k)
    for step in range(5):  # RFC 9001 section 5.2: HKDF-Extract, then HKDF-Expand-Label (RFC 8446 section 7.1)
        if step > 0:
            label = 0 if step == 1 else base + step - 2
            length = INFO_LENGTHS[label]
            for k in range(length):
                message[k] = INFOS[label, k]
        hmac_sha256(state, work, w, pads, step > 2, secret, message, length, message)  # the last three share a key
        for k in range(32):
            if step < 2:
                secret[k] = message[k]
            else:
                keys[step - 2, k] = message[k]
    rounds, block, mask = np.zeros((2, 44), np.int64), np.zeros(16, np.int64), np.zeros(16, np.int64)
    for which in range(2):
        expand_key(keys[2 * which], rounds[which])
    for k in range(16):
        block[k] = u8(data, number + 4 + k)
    # the first block gives the mask of header protection (RFC 9001 section 5.4), the others are AES-GCM's, which
    # counts from 2 on (NIST SP 800-38D section 7.1); the tag of 16 bytes is not looked at
    start, length = number, 1
    frames = np.zeros(0, np.int64)
    turn = 0
    while 16 * turn - 16 < length:
        encrypt_block(rounds[1 if turn == 0 else 0], block, mask)
        if turn == 0:
            number_length = ((u8(data, i) ^ mask[0]) & 3) + 1
            for k in range(12):
                block[k] = keys[1, k]
            for k in range(number_length):
                block[12 - number_length + k] ^= u8(data, number + k) ^ mask[1 + k]
            start = number + number_length
            length = max(min(stop - 16, end) - start, 0)
            frames = np.zeros(length, np.int64)
            block[12], block[13] = 0, 0
        else:
            for k in range(16 * turn - 16, min(16 * turn, length)):
                frames[k] = u8(data, start + k) ^ mask[k & 15]
        turn += 1
        block[14], block[15] = (turn + 1) >> 8 & 255, (turn + 1) & 255
    return frames


@kernel
def _number(frames: Any, k: int) -> tuple[int, int]:
    """Read a variable-length integer of decrypted frames: as :func:`varint`."""
    if k < 0 or k >= len(frames):
        return 0, -1
    size = 1 << (frames[k] >> 6)
    if k + size > len(frames):
        return 0, -1
    value = frames[k] & 63
    for b in range(k + 1, k + size):
        value = value << 8 | frames[b]
    return value, k + size


@kernel
def gather_crypto(frames: Any, whole: bool, crypto: int, out: Any, filled: Any) -> tuple[int, bool]:
    """Put the CRYPTO frames (RFC 9000 section 19.6) among `frames` into `out` (uint8), each byte at its place.

    `whole` says that all of the packet is there, `crypto` is the type of the frames. Marks what it wrote in `filled`
    (uint8, as long). Returns how far the bytes go, and whether all frames were such as an Initial packet may hold
    (RFC 9000 section 12.4).
    """
    k, most = 0, 0
    for _ in range(len(frames)):
        if k >= len(frames):
            break
        kind = frames[k]
        k += 1
        if kind <= 1:  # PADDING, PING
            continue
        if kind == crypto:
            offset, k = _number(frames, k)
            length, k = _number(frames, k)
            if k < 0 or k + length > len(frames):
                if whole:
                    return most, False
                length = len(frames) - k if k >= 0 else 0
            if offset + length > len(out) or k < 0:
                return most, k >= 0 or not whole
            for b in range(length):
                out[offset + b] = frames[k + b]
                filled[offset + b] = 1
            most = max(most, offset + length)
            k += length
        elif kind == 2 or kind == 3:  # ACK
            ranges = 0
            for field in range(3):
                ranges, k = _number(frames, k)
                if k < 0:
                    return most, not whole
                if field == 2 and ranges > MOST_RANGES:
                    return most, False
            for _ in range(1 + 2 * ranges + (3 if kind == 3 else 0)):
                _, k = _number(frames, k)
                if k < 0:
                    return most, not whole
        elif kind == 0x1C:  # CONNECTION_CLOSE: the rest is a reason
            return most, True
        else:
            return most, False
    return most, True


@kernel
def find_server_name(hello: Any, i: int, end: int) -> tuple[int, int]:
    """Find a server_name extension in a part of a ClientHello by its four lengths: (place, length) of the name."""
    for k in range(i, end - 9):
        if u8(hello, k) == 0 and be16(hello, k) == 0 and u8(hello, k + 6) == 0:
            length, names, name = be16(hello, k + 2), be16(hello, k + 4), be16(hello, k + 7)
            if name > 3 and names == name + 3 and length == names + 2 and k + 9 + name <= end:
                dots = 0
                for c in range(k + 9, k + 9 + name):
                    byte = u8(hello, c)
                    if byte < 0x2D or byte > 0x7A:
                        dots = -256
                    dots += 1 if byte == 0x2E else 0
                if dots > 0:
                    return k + 9, name
    return 0, 0
