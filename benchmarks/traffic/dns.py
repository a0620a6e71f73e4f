"""DNS (RFC 1035) over UDP and TCP, with EDNS (RFC 6891), and its multicast cousins (RFC 6762, RFC 4795)."""

from random import Random
from typing import Final

from benchmarks.traffic.script import MILLISECOND, SECOND, Patch, Script, Step, client, server
from benchmarks.traffic.wire import host_name, u8, u16, u32, v8, v16

A: Final = 1
SOA: Final = 6
PTR: Final = 12
MX: Final = 15
TXT: Final = 16
AAAA: Final = 28
HTTPS: Final = 65
NXDOMAIN: Final = 3
QUESTION_NAME: Final = u16(0xC00C)
"""A pointer to the first name of the message."""


def name(text: str) -> bytes:
    """A name as labels."""
    return b"".join(v8(label.encode()) for label in text.split(".")) + b"\0"


def answer(kind: int, data: bytes, owner: bytes = QUESTION_NAME, ttl: int = 300) -> bytes:
    """One resource record of class IN."""
    return owner + u16(kind, 1) + u32(ttl) + v16(data)


def opt(size: int) -> bytes:
    """The EDNS pseudo-record."""
    return u8(0) + u16(41, size) + u32(0) + v16(b"")


def message(
    flags: int,
    question: bytes,
    answers: tuple[bytes, ...] = (),
    authority: tuple[bytes, ...] = (),
    edns: int = 0,
) -> bytes:
    """One message with one question; its identifier is patched in from flow to flow."""
    counts = u16(1, len(answers), len(authority), 1 if edns else 0)
    body = question + b"".join(answers) + b"".join(authority) + (opt(edns) if edns else b"")
    return u16(0, flags) + counts + body


def address(random: Random) -> bytes:
    """An address of the benchmarking range (RFC 2544)."""
    return u8(198, 18, random.randrange(256), random.randrange(256))


def address6(random: Random) -> bytes:
    """An address of the benchmarking prefix (RFC 5180)."""
    return bytes.fromhex("20010002") + bytes(8) + random.randbytes(4)


def lookup(random: Random) -> tuple[bytes, bytes]:
    """A query and its response."""
    host = host_name(random)
    edns = random.choice((0, 1232, 1232, 4096))
    kind = random.choices((A, AAAA, HTTPS, PTR, MX, TXT), (50, 25, 12, 8, 2, 3))[0]
    reverse = ".".join(str(random.randrange(256)) for _ in range(4)) + ".in-addr.arpa"
    question = name(reverse if kind == PTR else host) + u16(kind, 1)
    query = message(0x0100, question, edns=edns)
    if kind in (AAAA, PTR) and random.random() < 0.4:
        soa = name("ns.example.com") + name("hostmaster.example.com") + u32(2026050401, 7200, 900, 604800, 300)
        authority = answer(SOA, soa, name("example.com"))
        return query, message(0x8180 | NXDOMAIN, question, authority=(authority,), edns=edns)
    match kind:
        case 1:
            answers = tuple(answer(A, address(random)) for _ in range(random.choice((1, 1, 2, 4))))
            if random.random() < 0.3:  # behind an alias: the name of the rest is the alias's data, at its place
                alias = answer(5, name(f"edge{random.randrange(90)}.cdn.example"))
                place = 12 + len(question) + 12
                moved = tuple(u16(0xC000 | place) + record[2:] for record in answers)
                answers = (alias, *moved)
        case 28:
            answers = tuple(answer(AAAA, address6(random)) for _ in range(random.choice((1, 2))))
        case 12:
            answers = (answer(PTR, name(host)),)
        case 15:
            answers = (answer(MX, u16(10) + name(f"mx.{host}")),)
        case 16:
            answers = (answer(TXT, v8(b"v=spf1 include:_spf.example.net -all")),)
        case _:
            answers = (answer(HTTPS, u16(1) + u8(0) + u16(1) + v16(v8(b"h3") + v8(b"h2"))),)
    return query, message(0x8180, question, answers, edns=edns)


def conversation(random: Random) -> Script:
    """Single lookups, and pairs of them from one port."""
    steps: tuple[Step, ...] = ()
    for _ in range(random.choice((1, 1, 1, 2))):
        query, response = lookup(random)
        steps += (
            client(query, patch=Patch.TAG16, pause=MILLISECOND),
            server(response, patch=Patch.TAG16, pause=6 * MILLISECOND),
        )
    return Script(steps)


def large(random: Random) -> Script:
    """Answers that are fragmented: over 2,900 bytes of TXT, as zones with many keys give."""
    question = name(host_name(random)) + u16(TXT, 1)
    answers = tuple(answer(TXT, v8(random.randbytes(100).hex().encode())) for _ in range(14))
    response = message(0x8180, question, answers, edns=4096)
    return Script(
        (
            client(message(0x0100, question, edns=4096), patch=Patch.TAG16),
            server(response, patch=Patch.TAG16, pause=6 * MILLISECOND),
        )
    )


def over_tcp(random: Random) -> Script:
    """Lookups over TCP, each message after its length (RFC 7766)."""
    query, response = lookup(random)
    return Script(
        (
            client(v16(query), patch=Patch.TAG16, at=2),
            server(v16(response), patch=Patch.TAG16, at=2, pause=6 * MILLISECOND),
        )
    )


def mdns(random: Random) -> Script:
    """Questions for a service to everybody on the link."""
    service = random.choice(("_ipp._tcp.local", "_googlecast._tcp.local", "_http._tcp.local", "_ssh._tcp.local"))
    ask = message(0, name(service) + u16(PTR, 1))
    return Script((client(ask), client(ask, pause=SECOND, period=True)))


def llmnr(random: Random) -> Script:
    """A search for a neighbour, asked twice."""
    ask = message(0, name(f"pc-{random.randrange(400)}") + u16(A, 1))
    twice = (
        client(ask, patch=Patch.TAG16),
        client(ask, patch=Patch.TAG16, pause=410 * MILLISECOND, period=True),
    )
    return Script(twice)


def netbios(random: Random) -> Script:
    """NetBIOS name queries to the broadcast address (RFC 1002 section 4.2.12)."""
    plain = f"FILESRV{random.randrange(60)}".ljust(15).encode() + b"\0"
    encoded = b"".join(u8(65 + (byte >> 4), 65 + (byte & 15)) for byte in plain)
    ask = message(0x0110, v8(encoded) + b"\0" + u16(32, 1))
    steps = tuple(
        client(ask, patch=Patch.TAG16, pause=750 * MILLISECOND * (turn > 0), period=True) for turn in range(3)
    )
    return Script(steps)
