"""TLS 1.2 and 1.3 as they stand on the wire (RFC 5246, RFC 8446): hellos, then encrypted records."""

from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from benchmarks.traffic.script import MILLISECOND, Script, Step, client, server
from benchmarks.traffic.wire import host_name, u8, u16, u32, v8, v16, v24

CHANGE_CIPHER_SPEC: Final = u8(20) + u16(0x0303, 1) + u8(1)
HANDSHAKE: Final = 22
APPLICATION: Final = 23
LARGEST_RECORD: Final = 16384 + 17
"""Plaintext limit, content type byte and authentication tag (RFC 8446 section 5.2)."""

X25519: Final = 0x001D
X25519MLKEM768: Final = 0x11EC
GREASE: Final = tuple(0x0A0A + 0x1010 * step for step in range(16))
"""Values that nobody may choke on (RFC 8701)."""


def handshake(kind: int, body: bytes) -> bytes:
    """One handshake message."""
    return u8(kind) + v24(body)


def record(kind: int, fragment: bytes, version: int = 0x0303) -> bytes:
    """One record in the clear."""
    return u8(kind) + u16(version) + v16(fragment)


def sealed(side: int, size: int, pause: int = 0) -> Step:
    """One encrypted record that holds `size` bytes of ciphertext."""
    return Step(side, u8(APPLICATION) + u16(0x0303, size), size, pause)


def extension(kind: int, body: bytes = b"") -> bytes:
    """One extension of a hello."""
    return u16(kind) + v16(body)


def client_hello(
    random: Random,
    name: str,
    *,
    newest: bool = True,
    large: bool = False,
    alpn: tuple[bytes, ...] = (b"h2", b"http/1.1"),
    extra: bytes = b"",
    session: int = 32,
) -> bytes:
    """Write a ClientHello with a server name; `large` offers a post-quantum share and spans two segments."""
    ciphers = [0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035]
    if newest:
        ciphers = [random.choice(GREASE), 0x1301, 0x1302, 0x1303, *ciphers]
    groups = ([X25519MLKEM768] if large else []) + [X25519, 0x0017, 0x0018]
    parts = [
        extension(0, v16(u8(0) + v16(name.encode()))),
        extension(23),
        extension(0xFF01, v8(b"")),
        extension(10, v16(u16(*groups))),
        extension(11, v8(u8(0))),
        extension(35),
        extension(5, u8(1) + v16(b"") + v16(b"")),
        extension(13, v16(u16(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0807))),
    ]
    if alpn:
        parts.append(extension(16, v16(b"".join(v8(protocol) for protocol in alpn))))
    if newest:
        shares = u16(X25519) + v16(random.randbytes(32))
        if large:  # ML-KEM-768's encapsulation key, then X25519's (draft-ietf-tls-ecdhe-mlkem)
            shares = u16(X25519MLKEM768) + v16(random.randbytes(1184 + 32)) + shares
        parts += [
            extension(51, v16(shares)),
            extension(45, v8(u8(1))),
            extension(43, v8(u16(0x0304, 0x0303))),
        ]
        random.shuffle(parts)  # as browsers do
    body = u16(0x0303) + random.randbytes(32) + v8(random.randbytes(session)) + v16(u16(*ciphers)) + v8(u8(0))
    return handshake(1, body + v16(b"".join(parts) + extra))


def server_hello(random: Random, session: bytes, *, newest: bool = True, large: bool = False) -> bytes:
    """Write the ServerHello message that answers."""
    if newest:
        group, share = (X25519MLKEM768, 1088 + 32) if large else (X25519, 32)
        extensions = extension(51, u16(group) + v16(random.randbytes(share))) + extension(43, u16(0x0304))
        cipher = random.choice((0x1301, 0x1302, 0x1303))
    else:
        extensions = extension(0xFF01, v8(b"")) + extension(11, v8(u8(0))) + extension(23)
        cipher = 0xC02B
    return handshake(2, u16(0x0303) + random.randbytes(32) + v8(session) + u16(cipher) + u8(0) + v16(extensions))


def session_id(hello: bytes) -> bytes:
    """Read the session id out of a ClientHello message of ours."""
    return hello[39 : 39 + hello[38]]


@cache
def certificate(name: str, issuer: str, padding: int) -> bytes:
    """A DER certificate, signed with Ed25519 (RFC 8410) so that the same name gives the same bytes."""
    key = Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"\0")[:32])
    signer = Ed25519PrivateKey.from_private_bytes(issuer.encode().ljust(32, b"\0")[:32])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    filling = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("1.3.6.1.4.1.32473.1"),  # the enterprise number for examples (RFC 5612)
        Random(name).randbytes(padding),
    )
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(1 + int.from_bytes(Random(name).randbytes(8), "big"))
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(filling, critical=False)
        .sign(signer, None)
        .public_bytes(Encoding.DER)
    )


def opening_13(random: Random, name: str, *, large: bool, alpn: tuple[bytes, ...]) -> tuple[Step, ...]:
    """The handshake of TLS 1.3, with the compatibility mode's change of cipher (RFC 8446 appendix D.4)."""
    hello = client_hello(random, name, large=large, alpn=alpn)
    answer = server_hello(random, session_id(hello), large=large)
    return (
        client(record(HANDSHAKE, hello, 0x0301)),
        server(record(HANDSHAKE, answer) + CHANGE_CIPHER_SPEC),
        sealed(1, random.randrange(60, 100)),
        sealed(1, random.randrange(1800, 4200)),
        sealed(1, 281),
        sealed(1, 69),
        client(CHANGE_CIPHER_SPEC + u8(APPLICATION) + u16(0x0303, 69), 69),
        sealed(1, 250),
    )


def opening_12(random: Random, name: str, *, alpn: tuple[bytes, ...]) -> tuple[Step, ...]:
    """The full handshake of TLS 1.2 with ECDHE and two certificates."""
    hello = client_hello(random, name, newest=False, alpn=alpn)
    chain = v24(certificate(name, "Example CA 1", 900)) + v24(certificate("Example CA 1", "Example Root", 600))
    exchange = u8(3) + u16(X25519) + v8(random.randbytes(32)) + u16(0x0807) + v16(random.randbytes(64))
    flight = (
        record(HANDSHAKE, server_hello(random, random.randbytes(32), newest=False))
        + record(HANDSHAKE, handshake(11, v24(chain)))
        + record(HANDSHAKE, handshake(12, exchange))
        + record(HANDSHAKE, handshake(14, b""))
    )
    finished = u8(HANDSHAKE) + u16(0x0303, 40)
    ticket = handshake(4, u32(7200) + v16(random.randbytes(176)))
    return (
        client(record(HANDSHAKE, hello, 0x0301)),
        server(flight),
        client(record(HANDSHAKE, handshake(16, v8(random.randbytes(32)))) + CHANGE_CIPHER_SPEC + finished, 40),
        server(record(HANDSHAKE, ticket) + CHANGE_CIPHER_SPEC + finished, 40),
    )


def opening(random: Random, name: str, alpn: tuple[bytes, ...] = ()) -> tuple[Step, ...]:
    """Some handshake, in the proportions of the day."""
    if random.random() < 0.15:
        return opening_12(random, name, alpn=alpn)
    return opening_13(random, name, large=random.random() < 0.4, alpn=alpn)


def browsing(random: Random) -> tuple[Step, ...]:
    """One request and its answer, a few records long."""
    answer = [random.randrange(300, LARGEST_RECORD)]
    answer += [LARGEST_RECORD] * random.choice((0, 0, 0, 1, 2, 4))
    request = sealed(0, random.randrange(120, 900), pause=random.choice((30, 200, 900)) * MILLISECOND)
    first = sealed(1, random.randrange(90, 400), pause=20 * MILLISECOND)
    return (request, first, *(sealed(1, size) for size in answer))


def conversation(random: Random) -> Script:
    """Web browsing, interfaces between programs, downloads and uploads."""
    start = opening(random, host_name(random), random.choice(((b"h2", b"http/1.1"), (b"http/1.1",), ())))
    match random.choices(("browse", "call", "download", "upload"), (60, 20, 15, 5))[0]:
        case "browse":
            repeat = browsing(random) + browsing(random)
        case "call":
            repeat = (
                sealed(0, random.randrange(90, 2000), pause=400 * MILLISECOND),
                sealed(1, random.randrange(80, 1800), pause=15 * MILLISECOND),
            )
        case "download":
            start += (sealed(0, random.randrange(150, 600)),)
            repeat = (sealed(1, LARGEST_RECORD),)
        case _:
            repeat = (sealed(0, LARGEST_RECORD), sealed(0, LARGEST_RECORD), sealed(1, 60))
    return Script(start, repeat, (sealed(random.randrange(2), 19),))  # close_notify ends it
