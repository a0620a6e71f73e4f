"""Databases and caches, each from its greeting on."""

from random import Random

from benchmarks.traffic.script import MILLISECOND, SECOND, Script, Step, client, server
from benchmarks.traffic.wire import crlf, le16, le32, le64, u8, u16, u32, v32

TABLES = ("orders", "users", "events", "stock", "invoices")


def query(random: Random) -> str:
    """A statement."""
    return f"SELECT id, name FROM {random.choice(TABLES)} WHERE id = {random.randrange(10**6)}"  # noqa: S608  # never run


def mysql_packet(sequence: int, payload: bytes) -> bytes:
    """A packet of MySQL's client/server protocol."""
    return len(payload).to_bytes(3, "little") + u8(sequence) + payload


def lenenc(data: bytes) -> bytes:
    """A length-encoded string under 251 bytes."""
    return u8(len(data)) + data


def mysql(random: Random) -> Script:
    """Greeting, login, queries with result sets of the text protocol."""
    version = random.choice((b"8.0.36", b"8.4.3", b"10.11.6-MariaDB-0+deb12u1"))
    capabilities, more = (
        0xF7FF,
        0x81FF,
    )  # protocol 4.1, secure connection, plug-in authentication, SSL left aside
    salt = bytes(random.randrange(1, 128) for _ in range(20))
    plugin = b"mysql_native_password\0"
    greeting = (
        u8(10)
        + version
        + b"\0"
        + le32(random.randrange(10**6))
        + salt[:8]
        + u8(0)
        + le16(capabilities)
        + u8(45)
        + le16(2, more)
        + u8(21)
        + bytes(10)
        + salt[8:]
        + b"\0"
        + plugin
    )
    login = (
        le32(0x000FA68D & ~0x100000)
        + le32(1 << 24)
        + u8(45)
        + bytes(23)
        + b"app\0"
        + lenenc(random.randbytes(20))
        + random.choice(TABLES).encode()
        + b"\0"
        + plugin
    )
    done = u8(0, 0, 0) + le16(2, 0)
    end = u8(0xFE) + le16(0, 2)

    def column(name: bytes, kind: int) -> bytes:
        tail = u8(0x0C) + le16(45) + le32(255) + u8(kind) + le16(0) + u8(0) + le16(0)
        return b"".join(map(lenenc, (b"def", b"shop", b"t", b"t", name, name))) + tail

    rows = [lenenc(str(n).encode()) + lenenc(random.randbytes(12).hex().encode()) for n in range(random.randrange(9))]
    parts = [u8(2), column(b"id", 3), column(b"name", 253), end, *rows, end]
    result = b"".join(mysql_packet(1 + n, part) for n, part in enumerate(parts))
    ask = client(mysql_packet(0, u8(3) + query(random).encode()), pause=60 * MILLISECOND)
    opening = (
        server(mysql_packet(0, greeting)),
        client(mysql_packet(1, login)),
        server(mysql_packet(2, done)),
    )
    return Script(opening, (ask, server(result)), (client(mysql_packet(0, u8(1))),))


def pg(kind: bytes, payload: bytes) -> bytes:
    """A message of PostgreSQL's protocol 3.0; the length counts itself."""
    return kind + u32(len(payload) + 4) + payload


def postgresql(random: Random) -> Script:
    """Start-up, parameters, simple queries."""
    parameters = b"".join(word + b"\0" for word in (b"user", b"app", b"database", random.choice(TABLES).encode(), b""))
    settings = ((b"server_version", b"15.14"), (b"client_encoding", b"UTF8"), (b"TimeZone", b"Etc/UTC"))
    ready = pg(b"Z", b"I")
    start = (
        pg(b"R", u32(0))
        + b"".join(pg(b"S", key + b"\0" + value + b"\0") for key, value in settings)
        + pg(b"K", u32(random.randrange(2**20), random.randrange(2**31)))
        + ready
    )
    fields = b"".join(
        field + b"\0" + u32(16390) + u16(number + 1) + u32(kind) + u16(size) + u32(0xFFFFFFFF) + u16(0)
        for number, (field, kind, size) in enumerate(((b"id", 23, 4), (b"name", 25, 0xFFFF)))
    )
    count_rows = random.randrange(9)
    rows = b"".join(
        pg(b"D", u16(2) + v32(str(n).encode()) + v32(random.randbytes(12).hex().encode())) for n in range(count_rows)
    )
    result = pg(b"T", u16(2) + fields) + rows + pg(b"C", f"SELECT {count_rows}\0".encode()) + ready
    return Script(
        (client(pg(b"", u32(0x00030000) + parameters)), server(start)),
        (client(pg(b"Q", query(random).encode() + b"\0"), pause=60 * MILLISECOND), server(result)),
        (client(pg(b"X", b"")),),
    )


def bulk(*words: bytes) -> bytes:
    """A RESP array of bulk strings."""
    return f"*{len(words)}\r\n".encode() + b"".join(f"${len(word)}\r\n".encode() + word + b"\r\n" for word in words)


def redis(random: Random) -> Script:
    """A cache that is asked and filled."""
    key = f"session:{random.randrange(10**9)}".encode()
    value = random.randbytes(random.choice((16, 200, 1500))).hex().encode()
    found = f"${len(value)}\r\n".encode() + value + b"\r\n"
    opening = (client(bulk(b"PING")), server(b"+PONG\r\n"))
    repeat = (
        client(bulk(b"GET", key), pause=20 * MILLISECOND),
        server(found, pause=100_000),
        client(bulk(b"SET", key, value, b"EX", b"300")),
        server(b"+OK\r\n", pause=100_000),
    )
    return Script(opening, repeat)


def memcached(random: Random) -> Script:
    """The other cache, in its text protocol."""
    key = f"page_{random.randrange(10**9)}"
    value = random.randbytes(random.choice((16, 400))).hex().encode()
    stored = f"{key} 0 {len(value)}\r\n".encode() + value + b"\r\n"
    opening: tuple[Step, ...] = (client(crlf(f"get {key}")), server(b"END\r\n"))
    opening += (
        client(f"set {key} 0 300 {len(value)}\r\n".encode() + value + b"\r\n"),
        server(b"STORED\r\n"),
    )
    repeat = (client(crlf(f"get {key}"), pause=30 * MILLISECOND), server(b"VALUE " + stored + b"END\r\n"))
    return Script(opening, repeat)


def bson(*elements: bytes) -> bytes:
    """A BSON document."""
    body = b"".join(elements) + b"\0"
    return le32(len(body) + 4) + body


def bson_text(key: str, value: str) -> bytes:
    """A string in a BSON document."""
    return u8(2) + key.encode() + b"\0" + le32(len(value) + 1) + value.encode() + b"\0"


def bson_int(key: str, value: int) -> bytes:
    """A 32-bit integer in a BSON document."""
    return u8(16) + key.encode() + b"\0" + le32(value)


def op_msg(request: int, answers: int, document: bytes) -> bytes:
    """An OP_MSG with one section."""
    body = le32(0) + u8(0) + document
    return le32(16 + len(body), request, answers, 2013) + body


def mongodb(random: Random) -> Script:
    """Log in with hello, then find."""
    table, request = random.choice(TABLES), random.randrange(1, 10**6)
    fine = u8(1) + b"ok\0" + le64(0x3FF0000000000000)  # 1.0
    found = bson(bson_int("_id", request), bson_text("name", random.randbytes(20).hex()))
    batch = u8(4) + b"firstBatch\0" + bson(u8(3) + b"0\0" + found)
    cursor = u8(3) + b"cursor\0" + bson(batch, u8(18) + b"id\0" + le64(0), bson_text("ns", f"shop.{table}"))
    opening = (
        client(op_msg(1, 0, bson(bson_int("hello", 1), bson_text("$db", "admin")))),
        server(op_msg(2, 1, bson(bson_int("maxWireVersion", 21), fine))),
    )
    ask = op_msg(request, 0, bson(bson_text("find", table), bson_int("limit", 1), bson_text("$db", "shop")))
    repeat = (
        client(ask, pause=90 * MILLISECOND),
        server(op_msg(request + 1, request, bson(cursor, fine))),
    )
    return Script(opening, repeat)


def tds(random: Random) -> Script:
    """MS-SQL's PRELOGIN, then encrypted traffic ([MS-TDS] 2.2.6.5)."""

    def prelogin(kind: int, version: bytes, encryption: int) -> bytes:
        values = ((0, version), (1, u8(encryption)), (2, b"\0"), (3, b"" if kind == 4 else u32(4711)))
        at, options = 5 * len(values) + 1, b""
        for token, value in values:
            options += u8(token) + u16(at, len(value))
            at += len(value)
        body = options + u8(0xFF) + b"".join(value for _, value in values)
        return u8(kind, 1) + u16(len(body) + 8, 0) + u8(0, 0) + body

    ask = f"EXEC shop.dbo.find_{random.choice(TABLES)} {random.randrange(10**6)}".encode("utf-16-le")
    headers = le32(22, 18) + le16(2) + le64(0) + le32(1)  # ALL_HEADERS with a transaction descriptor
    batch = u8(1, 1) + u16(8 + len(headers) + len(ask), 0) + u8(1, 0) + headers + ask
    done = u8(0xFD) + le16(0x10, 0xC1) + le64(1)
    answer = u8(4, 1) + u16(8 + len(done), 0) + u8(1, 0) + done
    opening = (
        client(prelogin(0x12, u8(16, 0, 0, 0, 0, 0), 2)),
        server(prelogin(4, u8(15, 0, 0x10, 0x3B, 0, 0), 2)),
    )
    repeat = (client(batch, pause=SECOND), server(answer, pause=9 * MILLISECOND))
    return Script(opening, repeat)
