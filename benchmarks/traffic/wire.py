"""Small building blocks of messages: numbers in network order, length-prefixed strings, ASN.1."""

from random import Random


def u8(*values: int) -> bytes:
    """Bytes."""
    return bytes(values)


def u16(*values: int) -> bytes:
    """16-bit numbers, network order."""
    return b"".join(value.to_bytes(2, "big") for value in values)


def u24(value: int) -> bytes:
    """A 24-bit number, network order."""
    return value.to_bytes(3, "big")


def u32(*values: int) -> bytes:
    """32-bit numbers, network order."""
    return b"".join(value.to_bytes(4, "big") for value in values)


def u64(value: int) -> bytes:
    """A 64-bit number, network order."""
    return value.to_bytes(8, "big")


def le16(*values: int) -> bytes:
    """16-bit numbers, little-endian."""
    return b"".join(value.to_bytes(2, "little") for value in values)


def le32(*values: int) -> bytes:
    """32-bit numbers, little-endian."""
    return b"".join(value.to_bytes(4, "little") for value in values)


def le64(value: int) -> bytes:
    """A 64-bit number, little-endian."""
    return value.to_bytes(8, "little")


def v8(data: bytes) -> bytes:
    """`data` after its length in one byte."""
    return u8(len(data)) + data


def v16(data: bytes) -> bytes:
    """`data` after its length in two bytes."""
    return u16(len(data)) + data


def v24(data: bytes) -> bytes:
    """`data` after its length in three bytes."""
    return u24(len(data)) + data


def v32(data: bytes) -> bytes:
    """`data` after its length in four bytes."""
    return u32(len(data)) + data


def tlv(tag: int, *parts: bytes) -> bytes:
    """One BER element of definite length (X.690 section 8.1); `tag` is the identifier octet."""
    content = b"".join(parts)
    if len(content) < 128:
        return u8(tag, len(content)) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return u8(tag, 0x80 | len(size)) + size + content


def integer(value: int, tag: int = 2) -> bytes:
    """A BER integer, not negative."""
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(data: bytes | str, tag: int = 4) -> bytes:
    """A BER octet string, or another string by its `tag`."""
    return tlv(tag, data.encode() if isinstance(data, str) else data)


def oid(dotted: str) -> bytes:
    """A BER object identifier (X.690 section 8.19)."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = b""
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        content += bytes(reversed(groups))
    return tlv(6, content)


SITES = (
    "www",
    "api",
    "mail",
    "cdn",
    "files",
    "login",
    "shop",
    "git",
    "wiki",
    "update",
    "img",
    "video",
    "db",
    "app",
)
DOMAINS = (
    "example.com",
    "example.org",
    "example.net",
    "corp.example",
    "branch.example",
    "lab.test",
    "cloud.example",
)


def host_name(random: Random) -> str:
    """A host name under a domain reserved for examples (RFC 2606, RFC 6761)."""
    number = random.randrange(40)
    return f"{random.choice(SITES)}{number or ''}.{random.choice(DOMAINS)}"


def crlf(*lines: str) -> bytes:
    """Lines of text, each ended by CR and LF."""
    return "".join(f"{line}\r\n" for line in lines).encode()
