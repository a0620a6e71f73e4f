"""What protects QUIC's Initial packets: SHA-256, HKDF and AES-128, small enough to be compiled with the probe.

The keys come from the packet itself (RFC 9001 section 5.2), so nothing secret is handled, and time may depend on data.
Numbers are int64 throughout; bytes are int64 arrays of values 0 to 255.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.kernel.jit import kernel

WORD: Final = 0xFFFFFFFF


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _root_fraction(number: int, root: int) -> int:
    """Give the first 32 bits behind the point of the `root`-th root of `number`, by exact bisection."""
    low, high = 0, 1 << 40
    while high - low > 1:
        middle = (low + high) // 2
        if middle**root <= number << (32 * root):
            low = middle
        else:
            high = middle
    return low & WORD


# FIPS 180-4 sections 4.2.2 and 5.3.3: fractions of the roots of the first primes
ROUND_CONSTANTS: Final = np.array([_root_fraction(prime, 3) for prime in _primes(64)], np.int64)
INITIAL_STATE: Final = np.array([_root_fraction(prime, 2) for prime in _primes(8)], np.int64)


def _substitution() -> NDArray[np.int64]:
    """Make the S-box of FIPS 197 section 5.1.1: inverse in GF(2^8), then an affine map."""
    powers, logs, value = [0] * 255, [0] * 256, 1
    for exponent in range(255):
        powers[exponent], logs[value] = value, exponent
        value ^= (value << 1) ^ (0x11B if value & 0x80 else 0)  # times 3, a generator
        value &= 0xFF
    box = []
    for number in range(256):
        inverse = powers[-logs[number] % 255] if number else 0
        doubled = inverse | inverse << 8
        box.append((inverse ^ doubled >> 4 ^ doubled >> 5 ^ doubled >> 6 ^ doubled >> 7) & 0xFF ^ 0x63)
    return np.array(box, np.int64)


def _round_tables(box: NDArray[np.int64]) -> NDArray[np.int64]:
    """Make the tables that join substitution and column mixing of one byte: a word for each value, by its row."""
    doubled = (box << 1) ^ np.where(box & 0x80, 0x11B, 0)
    tripled = doubled ^ box
    words = [doubled, box, box, tripled]  # the column that FIPS 197 section 5.1.3 mixes a byte of row 0 into
    return np.array(
        [sum(word << (24 - 8 * ((k + row) % 4)) for k, word in enumerate(words)) for row in range(4)], np.int64
    )


S_BOX: Final = _substitution()
ROUND_TABLES: Final = _round_tables(S_BOX)


@kernel
def _three_turns(word: int, first: int, second: int, third: int) -> int:
    """XOR three rotations of a word to the right; of the word written twice, each is one shift."""
    twice = word | word << 32
    return ((twice >> first) ^ (twice >> second) ^ (twice >> third)) & WORD


@kernel
def _two_turns(word: int, first: int, second: int, shifted: int) -> int:
    """XOR two rotations and a shift of a word to the right."""
    twice = word | word << 32
    return ((twice >> first) ^ (twice >> second) ^ (word >> shifted)) & WORD


@kernel
def hmac_sha256(
    state: Any, block: Any, w: Any, pads: Any, known: bool, key: Any, message: Any, length: int, out: Any
) -> None:
    """Authenticate ``message[:length]`` (RFC 2104, FIPS 180-4 section 6.2) into ``out[:32]``.

    `key` is of 64 bytes, filled up with zeros; a message has 48 bytes at the most, as those here have. `out` may be
    any of the two. `state` (int64[8]), `block` (int64[256]) and `w` (int64[64]) are what it works in. `pads`
    (int64[2, 8]) keeps what the key alone makes of the state; where it is `known` the key is not looked at.

    To be compiled fast it is one function, with one copy of the compression, and its loops are as
    long as an array that is handed in: those of a length that is known are unrolled.
    """
    for k in range(64, len(block)):
        block[k] = 0
    for k in range(len(w)):
        block[k] = key[k] ^ 0x36
        block[128 + k] = key[k] ^ 0x5C
    for k in range(length):
        block[64 + k] = message[k]
    for start in range(0, 256, 64):  # inner key, message; outer key, inner hash
        side = start >> 7
        if start & 64 == 0:
            if known:
                for k in range(len(state)):
                    state[k] = pads[side, k]
                continue
            for k in range(len(state)):
                state[k] = INITIAL_STATE[k]
        else:
            content = length if start == 64 else 32
            block[start + content] = 0x80
            block[start + 62], block[start + 63] = (64 + content) * 8 >> 8, (64 + content) * 8 & 255
        for t in range(len(w)):
            if t < 16:
                at = start + 4 * t
                w[t] = block[at] << 24 | block[at + 1] << 16 | block[at + 2] << 8 | block[at + 3]
                continue
            low, high = _two_turns(w[t - 15], 7, 18, 3), _two_turns(w[t - 2], 17, 19, 10)
            w[t] = (w[t - 16] + low + w[t - 7] + high) & WORD
        a, b, c, d = state[0], state[1], state[2], state[3]
        e, f, g, h = state[4], state[5], state[6], state[7]
        for t in range(len(w)):
            one = h + _three_turns(e, 6, 11, 25) + (g ^ (e & (f ^ g))) + ROUND_CONSTANTS[t] + w[t]
            two = _three_turns(a, 2, 13, 22) + ((a & b) | (c & (a | b)))
            h, g, f, e, d, c, b, a = g, f, e, (d + one) & WORD, c, b, a, (one + two) & WORD
        state[0], state[1], state[2], state[3] = state[0] + a, state[1] + b, state[2] + c, state[3] + d
        state[4], state[5], state[6], state[7] = state[4] + e, state[5] + f, state[6] + g, state[7] + h
        for k in range(len(state)):
            state[k] &= WORD
        if start & 64:
            for k in range(len(w) // 2):
                w[k] = state[k >> 2] >> (24 - 8 * (k & 3)) & 255
                block[192 + k] = w[k]
        else:
            for k in range(len(state)):
                pads[side, k] = state[k]
    for k in range(len(w) // 2):
        out[k] = w[k]


@kernel
def _word(values: Any, at: int) -> int:
    """Join four bytes, the highest first."""
    return values[at] << 24 | values[at + 1] << 16 | values[at + 2] << 8 | values[at + 3]  # type: ignore[no-any-return]


@kernel
def expand_key(key: Any, keys: Any) -> None:
    """Write the 44 words of AES-128's round keys (FIPS 197 section 5.2) of ``key[:16]`` to `keys`, int64[44]."""
    factor = 1
    for k in range(len(keys)):
        if k < 4:
            keys[k] = _word(key, 4 * k)
            continue
        word = keys[k - 1]
        if k % 4 == 0:
            word = (
                (S_BOX[word >> 16 & 255] ^ factor) << 24
                | S_BOX[word >> 8 & 255] << 16
                | S_BOX[word & 255] << 8
                | S_BOX[word >> 24]
            )
            factor = (factor << 1) ^ (0x11B if factor & 0x80 else 0)
        keys[k] = keys[k - 4] ^ word


@kernel
def _mix(a: int, b: int, c: int, d: int, key: int) -> int:
    """Make a column of the next state: each of its rows comes from another column (FIPS 197 section 5.1.2)."""
    return (  # type: ignore[no-any-return]
        ROUND_TABLES[0, a >> 24]
        ^ ROUND_TABLES[1, b >> 16 & 255]
        ^ ROUND_TABLES[2, c >> 8 & 255]
        ^ ROUND_TABLES[3, d & 255]
        ^ key
    )


@kernel
def _last(a: int, b: int, c: int, d: int, key: int) -> int:
    """Make a column of the last state, which is not mixed."""
    return (  # type: ignore[no-any-return]
        S_BOX[a >> 24] << 24 | S_BOX[b >> 16 & 255] << 16 | S_BOX[c >> 8 & 255] << 8 | S_BOX[d & 255]
    ) ^ key


@kernel
def encrypt_block(keys: Any, block: Any, out: Any) -> None:
    """Encrypt 16 bytes with AES-128 (FIPS 197 section 5.1) into `out`, int64[16]; `keys` are expanded ones."""
    a, b, c, d = (
        _word(block, 0) ^ keys[0],
        _word(block, 4) ^ keys[1],
        _word(block, 8) ^ keys[2],
        _word(block, 12) ^ keys[3],
    )
    last = len(keys) - 4
    for k in range(4, last, 4):
        a, b, c, d = (
            _mix(a, b, c, d, keys[k]),
            _mix(b, c, d, a, keys[k + 1]),
            _mix(c, d, a, b, keys[k + 2]),
            _mix(d, a, b, c, keys[k + 3]),
        )
    a, b, c, d = (
        _last(a, b, c, d, keys[last]),
        _last(b, c, d, a, keys[last + 1]),
        _last(c, d, a, b, keys[last + 2]),
        _last(d, a, b, c, keys[last + 3]),
    )
    for k in range(4):
        shift = 24 - 8 * k
        out[k] = a >> shift & 255
        out[4 + k] = b >> shift & 255
        out[8 + k] = c >> shift & 255
        out[12 + k] = d >> shift & 255
