"""SSH's handshake in the clear (RFC 4253, RFC 8731), then binary packets that nobody can read."""

from random import Random
from typing import Final

from benchmarks.traffic.script import MILLISECOND, Script, client, server
from benchmarks.traffic.wire import u8, u32, v32

BANNERS: Final = (
    "OpenSSH_9.2p1 Debian-2+deb12u7",
    "OpenSSH_8.9p1 Ubuntu-3",
    "OpenSSH_9.9",
    "dropbear_2022.83",
)
LISTS: Final = (
    b"sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256",
    b"ssh-ed25519,rsa-sha2-512,rsa-sha2-256",
    *(b"chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr,aes128-gcm@openssh.com",) * 2,
    *(b"umac-64-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-256",) * 2,
    *(b"none,zlib@openssh.com",) * 2,
    *(b"",) * 2,
)
"""The ten name lists of KEXINIT, in order."""


def packet(payload: bytes) -> bytes:
    """A binary packet before encryption, padded to a multiple of eight (RFC 4253 section 6)."""
    padding = 8 - (len(payload) + 5) % 8
    if padding < 4:
        padding += 8
    return u32(len(payload) + padding + 1) + u8(padding) + payload + bytes(padding)


def conversation(random: Random) -> Script:
    """Shells that somebody types in, and copies of files."""
    init = [packet(u8(20) + random.randbytes(16) + b"".join(map(v32, LISTS)) + u8(0) + u32(0)) for _ in range(2)]
    host_key = v32(b"ssh-ed25519") + v32(random.randbytes(32))
    signature = v32(b"ssh-ed25519") + v32(random.randbytes(64))
    reply = packet(u8(31) + v32(host_key) + v32(random.randbytes(32)) + v32(signature))
    fresh = packet(u8(21))
    opening = (
        client(f"SSH-2.0-{random.choice(BANNERS)}\r\n".encode()),
        server(f"SSH-2.0-{random.choice(BANNERS)}\r\n".encode(), pause=5 * MILLISECOND),
        client(init[0]),
        server(init[1]),
        client(packet(u8(30) + v32(random.randbytes(32)))),
        server(reply + fresh, pause=4 * MILLISECOND),
        client(fresh),
        client(b"", 44),
        server(b"", 44),
        client(b"", 148, pause=20 * MILLISECOND),
        server(b"", 52, pause=30 * MILLISECOND),
    )
    if random.random() < 0.6:
        repeat = (client(b"", 36, pause=180 * MILLISECOND), server(b"", 36 + 16 * random.randrange(20)))
    else:
        repeat = (client(b"", 16 * random.randrange(400, 2040)), server(b"", 36))
    return Script(opening, repeat, (client(b"", 36),))
