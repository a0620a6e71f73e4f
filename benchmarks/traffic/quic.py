"""QUIC version 1 (RFC 9000, RFC 9001): Initial packets that all can decrypt, then datagrams that none can."""

from random import Random
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from benchmarks.traffic import tls
from benchmarks.traffic.script import MILLISECOND, Script, Step, client, server
from benchmarks.traffic.wire import host_name, u8, u16, u32, v8

VERSION_1: Final = 1
INITIAL_SALT: Final = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
"""RFC 9001 section 5.2."""
FULL_DATAGRAM: Final = 1200
"""What an Initial's datagram is padded to (RFC 9000 section 14.1)."""


def varint(value: int) -> bytes:
    """A variable-length integer (RFC 9000 section 16)."""
    for power in range(4):
        if value < 1 << (8 * (1 << power) - 2):
            return (value | power << (8 * (1 << power) - 2)).to_bytes(1 << power, "big")
    raise ValueError(f"{value} does not fit into 62 bits")


def expand(secret: bytes, label: str, size: int) -> bytes:
    """HKDF-Expand-Label with an empty context (RFC 8446 section 7.1)."""
    info = u16(size) + v8(b"tls13 " + label.encode()) + v8(b"")
    return HKDFExpand(SHA256(), size, info).derive(secret)


def initial_secret(connection: bytes, label: str) -> bytes:
    """The secret of one side's Initial packets, from the client's first destination connection id."""
    extract = HMAC(INITIAL_SALT, SHA256())
    extract.update(connection)
    return expand(extract.finalize(), label, 32)


def protect(header: bytes, number: int, payload: bytes, secret: bytes) -> bytes:
    """Encrypt a packet whose `header` ends before its two-byte packet number (RFC 9001 section 5)."""
    key, iv, mask_key = (
        expand(secret, "quic key", 16),
        expand(secret, "quic iv", 12),
        expand(secret, "quic hp", 16),
    )
    header += u16(number)
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, payload, header)
    sample = sealed[2:18]  # four bytes after the packet number's start, which has two
    encryptor = Cipher(algorithms.AES(mask_key), modes.ECB()).encryptor()  # noqa: S305  # RFC 9001 section 5.4.3
    mask = encryptor.update(sample)
    first = header[0] ^ mask[0] & 0x0F
    packed = bytes(byte ^ mask[1 + i] for i, byte in enumerate(header[-2:]))
    return u8(first) + header[1:-2] + packed + sealed


def initial(target: bytes, source: bytes, secret: bytes, frames: bytes, number: int) -> bytes:
    """One Initial packet without a token."""
    length = 2 + len(frames) + 16  # packet number, frames, authentication tag
    header = u8(0xC1) + u32(VERSION_1) + v8(target) + v8(source) + varint(0) + u16(0x4000 | length)
    return protect(header, number, frames, secret)


def transport_parameters(source: bytes) -> bytes:
    """The TLS extension that QUIC adds to the hello (RFC 9000 section 18.2)."""
    values = ((1, varint(30000)), (3, varint(1472)), (4, varint(1 << 20)), (8, varint(100)), (0x0F, source))
    return tls.extension(57, b"".join(varint(kind) + varint(len(value)) + value for kind, value in values))


def opening(random: Random, name: str) -> tuple[tuple[Step, ...], bytes, bytes]:
    """The handshake's datagrams, and both connection ids."""
    target, source, chosen = random.randbytes(8), b"", random.randbytes(8)
    hello = tls.client_hello(random, name, alpn=(b"h3",), extra=transport_parameters(source), session=0)
    crypto = u8(6) + varint(0) + varint(len(hello)) + hello
    frames = crypto + bytes(FULL_DATAGRAM - 16 - 2 - (1 + 4 + 9 + 1 + 1 + 2) - len(crypto))  # padded with PADDING
    first = initial(target, source, initial_secret(target, "client in"), frames, 0)
    answer = tls.server_hello(random, b"")
    reply = u8(2, 0, 0, 0, 0) + u8(6) + varint(0) + varint(len(answer)) + answer
    second = initial(source, chosen, initial_secret(target, "server in"), reply, 0)
    rest = FULL_DATAGRAM - len(second)  # a Handshake packet shares the datagram
    second += handshake(source, chosen, rest, random)
    acknowledge = initial(chosen, source, initial_secret(target, "client in"), u8(2, 0, 0, 0, 0) + bytes(20), 1)
    third = acknowledge + handshake(chosen, source, FULL_DATAGRAM - len(acknowledge), random)
    return (client(first), server(second), client(third)), source, chosen


def handshake(target: bytes, source: bytes, size: int, random: Random) -> bytes:
    """A Handshake packet of `size` bytes: its header, and what cannot be read without the keys."""
    header = u8(0xE0 | random.randrange(16)) + u32(VERSION_1) + v8(target) + v8(source)
    rest = size - len(header) - 2
    return header + u16(0x4000 | rest) + random.randbytes(rest)


def conversation(random: Random) -> Script:
    """Pages and videos over HTTP/3."""
    start, source, chosen = opening(random, host_name(random))
    to_client, to_server = (
        u8(0x40 | random.randrange(32)) + source,
        u8(0x40 | random.randrange(32)) + chosen,
    )
    ask = client(to_server, random.randrange(60, 500), pause=random.choice((5, 60, 400)) * MILLISECOND)
    data = tuple(server(to_client, 1241, pause=100_000) for _ in range(6))
    ack = client(to_server, 27)
    tail = server(to_client, random.randrange(40, 1200), pause=100_000)
    return Script(start, (ask, *data[:3], ack, *data[3:], ack, tail), (client(to_server, 24),))
