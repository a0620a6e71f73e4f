"""ONC RPC messages for the tests of the rpc and nfs probes."""


def words(*values: int) -> bytes:
    """Encode 32-bit words."""
    return b"".join(value.to_bytes(4, "big") for value in values)


def call(program: int, version: int, procedure: int, body: bytes = b"") -> bytes:
    """Make a call with a system credential of 20 bytes."""
    credential = words(1, 20, 0x66DD1234) + words(4) + b"host" + words(0) + words(0)
    return words(0x1C2D3E4F, 0, 2, program, version, procedure) + credential + words(0, 0) + body


def reply(*body: int) -> bytes:
    """Make an accepted reply without a verifier."""
    return words(0x1C2D3E4F, 1, 0, 0, 0, 0, *body)


def record(message: bytes) -> bytes:
    """Put a record mark in front, as over TCP."""
    return words(0x80000000 | len(message)) + message
