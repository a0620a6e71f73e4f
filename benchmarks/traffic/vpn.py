"""Tunnels seen from outside: WireGuard, OpenVPN, IKEv2 and ESP; DTLS beside them."""

from random import Random

from benchmarks.traffic import tls
from benchmarks.traffic.script import MILLISECOND, Patch, Script, client, server
from benchmarks.traffic.wire import host_name, u8, u16, u32, u64, v16


def wireguard(random: Random) -> Script:
    """A handshake, then transport messages whose counters count."""
    left, right = random.randbytes(4), random.randbytes(4)
    opening = (
        client(u8(1, 0, 0, 0) + left + random.randbytes(32 + 48 + 28 + 16) + bytes(16)),
        server(u8(2, 0, 0, 0) + right + left + random.randbytes(32 + 16 + 16) + bytes(16)),
    )
    size = 16 * random.randrange(3, 90)
    repeat = (
        client(u8(4, 0, 0, 0) + right + bytes(8), 96, pause=10 * MILLISECOND, patch=Patch.COUNT64_LE, at=8),
        server(u8(4, 0, 0, 0) + left + bytes(8), size, pause=0, patch=Patch.COUNT64_LE, at=8),
        server(u8(4, 0, 0, 0) + left + bytes(8), 1408, pause=0, patch=Patch.COUNT64_LE, at=8),
    )
    return Script(opening, repeat)


def openvpn(random: Random) -> Script:
    """Resets of both sides, the TLS hello inside control packets, then data packets."""
    left, right = random.randbytes(8), random.randbytes(8)
    hello = tls.record(tls.HANDSHAKE, tls.client_hello(random, host_name(random), alpn=()), 0x0301)
    opening = (
        client(u8(7 << 3) + left + u8(0) + u32(0)),
        server(u8(8 << 3) + right + u8(1) + u32(0) + left + u32(0)),
        client(u8(5 << 3) + left + u8(1) + u32(0) + right),
        client(u8(4 << 3) + left + u8(0) + u32(1) + hello),
        server(u8(5 << 3) + right + u8(1) + u32(1) + left),
    )
    data = u8(9 << 3, 0, 0, random.randrange(256))
    repeat = (
        client(data + bytes(4), random.randrange(60, 200), pause=15 * MILLISECOND, patch=Patch.COUNT32, at=4),
        server(data + bytes(4), random.randrange(60, 1400), pause=0, patch=Patch.COUNT32, at=4),
    )
    return Script(opening, repeat)


def ike_payload(following: int, body: bytes) -> bytes:
    """A generic payload header and its body (RFC 7296 section 3.2)."""
    return u8(following, 0) + u16(len(body) + 4) + body


def ike(random: Random) -> Script:
    """IKE_SA_INIT both ways, IKE_AUTH encrypted."""
    left, right = random.randbytes(8), random.randbytes(8)

    def message(exchange: int, flags: int, first: int, body: bytes, responder: bytes = right) -> bytes:
        number = exchange - 34
        return left + responder + u8(first, 0x20, exchange, flags) + u32(number, 28 + len(body)) + body

    def sa_init() -> bytes:
        # one proposal: AES-GCM-16-256, HMAC-SHA2-256 as PRF, X25519 (types 1, 2, 4)
        transforms = (
            u8(3, 0) + u16(12) + u8(1, 0) + u16(20) + u16(0x800E, 256),
            u8(3, 0) + u16(8) + u8(2, 0) + u16(5),
            u8(0, 0) + u16(8) + u8(4, 0) + u16(31),
        )
        body = u8(1, 1, 0, len(transforms)) + b"".join(transforms)
        proposal = u8(0, 0) + u16(len(body) + 4) + body
        exchange = u16(31, 0) + random.randbytes(32)
        return ike_payload(34, proposal) + ike_payload(40, exchange) + ike_payload(0, random.randbytes(32))

    secret = ike_payload(35, random.randbytes(8 + 240 + 16))
    reply = ike_payload(36, random.randbytes(8 + 180 + 16))
    return Script(
        (
            client(message(34, 8, 33, sa_init(), bytes(8))),
            server(message(34, 0x20, 33, sa_init())),
            client(message(35, 8, 46, secret)),
            server(message(35, 0x20, 46, reply)),
        )
    )


def esp(random: Random) -> Script:
    """ESP packets (RFC 4303): an index, a sequence number, ciphertext."""
    there, back = random.randbytes(4) + bytes(4), random.randbytes(4) + bytes(4)
    repeat = (
        client(there, 8 + 4 * random.randrange(20, 90), pause=20 * MILLISECOND, patch=Patch.COUNT32, at=4),
        server(back, 1400, pause=0, patch=Patch.COUNT32, at=4),
    )
    return Script((), repeat)


def dtls(random: Random) -> Script:
    """DTLS 1.2 (RFC 6347): a hello, a cookie, the hello again, then records."""
    randomness = random.randbytes(32)
    ciphers = v16(u16(0xC02B, 0xC02C, 0xCCA9))
    extensions = v16(tls.extension(10, v16(u16(0x1D, 0x17))) + tls.extension(11, u8(1, 0)))

    def hello(sequence: int, cookie: bytes) -> bytes:
        body = u16(0xFEFD) + randomness + u8(0) + u8(len(cookie)) + cookie + ciphers + u8(1, 0) + extensions
        return dtls_record(22, 0, sequence, dtls_handshake(1, sequence, body))

    cookie = random.randbytes(20)
    verify = dtls_record(22, 0, 0, dtls_handshake(3, 0, u16(0xFEFF) + u8(len(cookie)) + cookie))
    sealed = u8(23) + u16(0xFEFD) + u16(1) + bytes(6) + u16(120)
    opening = (client(hello(0, b"")), server(verify), client(hello(1, cookie)))
    repeat = (
        client(sealed, 120, pause=50 * MILLISECOND, patch=Patch.COUNT32, at=7),
        server(sealed, 120, patch=Patch.COUNT32, at=7),
    )
    return Script(opening, repeat)


def dtls_record(kind: int, epoch: int, sequence: int, fragment: bytes) -> bytes:
    """One DTLS record."""
    return u8(kind) + u16(0xFEFD, epoch) + u64(sequence)[2:] + v16(fragment)


def dtls_handshake(kind: int, number: int, body: bytes) -> bytes:
    """One whole handshake message."""
    size = len(body).to_bytes(3, "big")
    return u8(kind) + size + u16(number) + bytes(3) + size + body
