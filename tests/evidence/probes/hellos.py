"""Builds hellos, field by field as RFC 8446 section 4.1 draws them."""


def vector(body: bytes, size: int) -> bytes:
    return len(body).to_bytes(size, "big") + body


def extension(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2, "big") + vector(body, 2)


def server_name(name: str) -> bytes:
    return extension(0, vector(b"\0" + vector(name.encode(), 2), 2))


def hello_body(extensions: bytes, cookie: bytes | None = None, version: int = 0x0303) -> bytes:
    """A ClientHello's body: version, random, session id, DTLS's cookie, two suites, null compression, extensions."""
    return (
        version.to_bytes(2, "big")
        + bytes(range(32))
        + vector(b"\x11" * 8, 1)
        + (b"" if cookie is None else vector(cookie, 1))
        + vector(bytes.fromhex("1301 c02f"), 2)
        + vector(b"\0", 1)
        + (vector(extensions, 2) if extensions else b"")
    )


def client_hello(extensions: bytes) -> bytes:
    return b"\1" + vector(hello_body(extensions), 3)


def server_body(extensions: bytes, version: int = 0x0303) -> bytes:
    body = version.to_bytes(2, "big") + bytes(range(32)) + vector(b"\x22" * 32, 1) + bytes.fromhex("c02f 00")
    return body + (vector(extensions, 2) if extensions else b"")


def server_hello(extensions: bytes) -> bytes:
    return b"\2" + vector(server_body(extensions), 3)
