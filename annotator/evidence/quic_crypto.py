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
def sha256(message: Any, length: int) -> Any:
    """Hash ``message[:length]`` (FIPS 180-4 section 6.2): int64[32]."""
    blocks = (length + 9 + 63) // 64
    padded = np.zeros(blocks * 64, np.int64)
    padded[:length] = message[:length]
    padded[length] = 0x80
    for k in range(4):
        padded[blocks * 64 - 1 - k] = (length * 8) >> (8 * k) & 255
    state = INITIAL_STATE.copy()
    w = np.zeros(64, np.int64)
    for block in range(blocks):
        for t in range(16):
            at = block * 64 + 4 * t
            w[t] = padded[at] << 24 | padded[at + 1] << 16 | padded[at + 2] << 8 | padded[at + 3]
        for t in range(16, 64):
            low = _turn(w[t - 15], 7) ^ _turn(w[t - 15], 18) ^ (w[t - 15] >> 3)
            high = _turn(w[t - 2], 17) ^ _turn(w[t - 2], 19) ^ (w[t - 2] >> 10)
            w[t] = (w[t - 16] + low + w[t - 7] + high) & WORD
        a, b, c, d, e, f, g, h = state
        for t in range(64):
            big = _turn(e, 6) ^ _turn(e, 11) ^ _turn(e, 25)
            one = h + big + ((e & f) ^ ((e ^ WORD) & g)) + ROUND_CONSTANTS[t] + w[t]
            two = (_turn(a, 2) ^ _turn(a, 13) ^ _turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
            h, g, f, e, d, c, b, a = g, f, e, (d + one) & WORD, c, b, a, (one + two) & WORD
        for k, value in enumerate((a, b, c, d, e, f, g, h)):
            state[k] = (state[k] + value) & WORD
    digest = np.zeros(32, np.int64)
    for k in range(32):
        digest[k] = state[k >> 2] >> (24 - 8 * (k & 3)) & 255
    return digest


@kernel
def hmac_sha256(key: Any, message: Any, length: int) -> Any:
    """Authenticate ``message[:length]`` with a key of at most 64 bytes (RFC 2104): int64[32]."""
    inner = np.full(64 + length, 0x36, np.int64)
    outer = np.full(96, 0x5C, np.int64)
    inner[64:] = message[:length]
    for k in range(len(key)):
        inner[k] ^= key[k]
        outer[k] ^= key[k]
    outer[64:] = sha256(inner, 64 + length)
    return sha256(outer, 96)


@kernel
def expand_key(key: Any) -> Any:
    """Give the 11 round keys of AES-128 (FIPS 197 section 5.2): int64[176]."""
    keys = np.zeros(176, np.int64)
    keys[:16] = key[:16]
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
    return keys


@kernel
def _double(byte: int) -> int:
    return ((byte << 1) ^ (0x1B if byte & 0x80 else 0)) & 255


@kernel
def encrypt_block(keys: Any, block: Any, out: Any) -> None:
    """Encrypt 16 bytes with AES-128 (FIPS 197 section 5.1) into `out`; `block` and `out` are two arrays."""
    for k in range(16):
        out[k] = block[k] ^ keys[k]
    mixed = np.empty(16, np.int64)
    for turn in range(1, 11):
        for k in range(16):  # substitute and shift rows: row r of column c comes from column c + r
            mixed[k] = S_BOX[out[(k + 4 * (k & 3)) & 15]]
        for k in range(0, 16, 4):
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
