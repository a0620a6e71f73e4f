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


S_BOX: Final = _substitution()


@kernel
def _turn(word: int, bits: int) -> int:
    return ((word >> bits) | (word << (32 - bits))) & WORD


@kernel
def hmac_sha256(state: Any, block: Any, w: Any, key: Any, message: Any, length: int, out: Any) -> None:
    """Authenticate ``message[:length]`` (RFC 2104, FIPS 180-4 section 6.2) into ``out[:32]``.

    `key` is of 64 bytes, filled up with zeros; a message has 48 bytes at the most, as those here have. `out` may be
    any of the two. `state` (int64[8]), `block` (int64[256]) and `w` (int64[64]) are what it works in.

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
        if start & 64 == 0:
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
            low = _turn(w[t - 15], 7) ^ _turn(w[t - 15], 18) ^ (w[t - 15] >> 3)
            high = _turn(w[t - 2], 17) ^ _turn(w[t - 2], 19) ^ (w[t - 2] >> 10)
            w[t] = (w[t - 16] + low + w[t - 7] + high) & WORD
        a, b, c, d = state[0], state[1], state[2], state[3]
        e, f, g, h = state[4], state[5], state[6], state[7]
        for t in range(len(w)):
            big = _turn(e, 6) ^ _turn(e, 11) ^ _turn(e, 25)
            one = h + big + ((e & f) ^ ((e ^ WORD) & g)) + ROUND_CONSTANTS[t] + w[t]
            two = (_turn(a, 2) ^ _turn(a, 13) ^ _turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
            h, g, f, e, d, c, b, a = g, f, e, (d + one) & WORD, c, b, a, (one + two) & WORD
        state[0], state[1], state[2], state[3] = state[0] + a, state[1] + b, state[2] + c, state[3] + d
        state[4], state[5], state[6], state[7] = state[4] + e, state[5] + f, state[6] + g, state[7] + h
        for k in range(len(state)):
            state[k] &= WORD
        if start & 64:
            for k in range(len(w) // 2):
                w[k] = state[k >> 2] >> (24 - 8 * (k & 3)) & 255
                block[192 + k] = w[k]
    for k in range(len(w) // 2):
        out[k] = w[k]


@kernel
def expand_key(key: Any, keys: Any) -> None:
    """Write the 11 round keys of AES-128 (FIPS 197 section 5.2) of ``key[:16]`` to `keys`, int64[176]."""
    for k in range(16):
        keys[k] = key[k]
    factor = 1
    for k in range(16, 176, 4):
        for b in range(4):
            byte = keys[k - 4 + b]
            if k % 16 == 0:
                byte = S_BOX[keys[k - 4 + (b + 1) % 4]]
                if b == 0:
                    byte ^= factor
            keys[k + b] = keys[k - 16 + b] ^ byte
        if k % 16 == 0:
            factor = (factor << 1) ^ (0x11B if factor & 0x80 else 0)


@kernel
def _double(byte: int) -> int:
    return ((byte << 1) ^ (0x1B if byte & 0x80 else 0)) & 255


@kernel
def encrypt_block(keys: Any, block: Any, out: Any) -> None:
    """Encrypt 16 bytes with AES-128 (FIPS 197 section 5.1) into `out`, int64[16]; `block` is another array."""
    for k in range(len(out)):
        out[k] = block[k] ^ keys[k]
    mixed = np.zeros(16, np.int64)
    for turn in range(1, len(keys) // 16):
        for k in range(len(out)):  # substitute and shift rows: row r of column c comes from column c + r
            mixed[k] = S_BOX[out[(k + 4 * (k & 3)) & 15]]
        for k in range(0, len(out), 4):
            a, b, c, d = mixed[k], mixed[k + 1], mixed[k + 2], mixed[k + 3]
            if turn < 10:
                every = a ^ b ^ c ^ d
                first = a
                a ^= every ^ _double(a ^ b)
                b ^= every ^ _double(b ^ c)
                c ^= every ^ _double(c ^ d)
                d ^= every ^ _double(d ^ first)
            out[k] = a ^ keys[16 * turn + k]
            out[k + 1] = b ^ keys[16 * turn + k + 1]
            out[k + 2] = c ^ keys[16 * turn + k + 2]
            out[k + 3] = d ^ keys[16 * turn + k + 3]
