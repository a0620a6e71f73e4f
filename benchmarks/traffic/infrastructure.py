"""What keeps a network running: time, addresses, access, monitoring, machines."""

from random import Random
from typing import Final

from benchmarks.traffic.script import MILLISECOND, SECOND, Script, Step, client, server
from benchmarks.traffic.wire import crlf, host_name, integer, octets, oid, tlv, u8, u16, u32, v8, v16

NTP_2026_05_04: Final = 3_986_874_723
"""2026-05-04 09:12:03 UTC in seconds since 1900."""
DHCP_COOKIE: Final = bytes.fromhex("63825363")


def ntp(random: Random) -> Script:
    """A client of version 4 and its server (RFC 5905 section 7.3)."""
    times = [u32(NTP_2026_05_04 + random.randrange(900)) + random.randbytes(4) for _ in range(4)]
    ask = u8(0x23, 0, 6, 0xE9) + bytes(36) + times[0]
    server_ids = random.choice((b"GPS\0", u8(198, 18, 4, 2)))
    answer = u8(0x24, random.randrange(1, 4), 6, 0xE8) + u32(0x120, 0x340) + server_ids
    return Script((client(ask), server(answer + times[1] + times[0] + times[2] + times[3])))


def snmp(random: Random) -> Script:
    """A counter is asked for, with version 2c (RFC 3416)."""
    interface = random.randrange(1, 49)
    name = oid(f"1.3.6.1.2.1.31.1.1.1.6.{interface}")
    number = integer(random.randrange(1, 2**31))

    def message(kind: int, value: bytes, name: bytes = name, number: bytes = number) -> bytes:
        bindings = tlv(0x30, tlv(0x30, name, value))
        return tlv(0x30, integer(1), octets("public"), tlv(kind, number, integer(0), integer(0), bindings))

    answer = message(0xA2, integer(random.randrange(2**40), 0x46))
    steps: tuple[Step, ...] = (client(message(0xA0, tlv(5))), server(answer))
    return Script(steps, (client(message(0xA0, tlv(5)), pause=5 * SECOND), server(answer)))


def syslog(random: Random) -> Script:
    """Lines that nobody answers, half of them as RFC 5424 wants them."""
    host, process = host_name(random).split(".")[0], random.choice(("sshd", "cron", "kernel", "nginx"))
    if random.random() < 0.5:
        head = f"1 2026-05-04T09:12:03.{random.randrange(10**6):06}Z {host} {process} - - -"
    else:
        head = f"May  4 09:12:03 {host} {process}[{random.randrange(9999)}]:"
    line = f"<{random.randrange(190)}>{head} session {random.randrange(10**6)} closed for user backup"
    return Script((client(line.encode()),), (client(line.encode(), pause=2 * SECOND),))


def radius(random: Random) -> Script:
    """A log-in at a switch (RFC 2865)."""
    identifier, user = random.randrange(256), f"user{random.randrange(500)}".encode()

    def attribute(kind: int, value: bytes) -> bytes:
        return u8(kind, len(value) + 2) + value

    asked = attribute(1, user) + attribute(2, random.randbytes(16)) + attribute(4, u8(10, 0, 7, 1))
    granted = attribute(6, u32(2)) + attribute(27, u32(3600))
    return Script(
        (
            client(u8(1, identifier) + u16(20 + len(asked)) + random.randbytes(16) + asked),
            server(u8(2, identifier) + u16(20 + len(granted)) + random.randbytes(16) + granted),
        )
    )


def dhcp(random: Random) -> Script:
    """A lease is renewed, by unicast (RFC 2131 section 4.3.2)."""
    transaction, hardware = random.randbytes(4), b"\x02" + random.randbytes(5)

    def message(operation: int, given: bytes, options: bytes, transaction: bytes, hardware: bytes) -> bytes:
        head = u8(operation, 1, 6, 0) + transaction + u16(0, 0) + u8(10, 16, 0, 77) + given + bytes(8)
        return head + hardware + bytes(10 + 64 + 128) + DHCP_COOKIE + options + u8(255)

    ask = u8(53, 1, 3) + u8(61, 7, 1) + hardware + u8(12) + v8(b"pc-77") + u8(55, 4, 1, 3, 6, 15)
    give = u8(53, 1, 5) + u8(54, 4, 10, 0, 0, 2) + u8(51, 4) + u32(86400) + u8(1, 4, 255, 255, 0, 0)
    return Script(
        (
            client(message(1, bytes(4), ask, transaction, hardware)),
            server(message(2, u8(10, 16, 0, 77), give, transaction, hardware)),
        )
    )


def ssdp(random: Random) -> Script:
    """Who is a media player here? (UPnP Device Architecture 2.0 section 1.3.2)."""
    target = random.choice(("ssdp:all", "upnp:rootdevice", "urn:dial-multiscreen-org:service:dial:1"))
    ask = crlf(
        "M-SEARCH * HTTP/1.1",
        "HOST: 239.255.255.250:1900",
        'MAN: "ssdp:discover"',
        "MX: 1",
        f"ST: {target}",
        "",
    )
    again = client(ask, pause=SECOND, period=True)
    return Script((client(ask), again, again, again))


def netflow(random: Random) -> Script:
    """NetFlow version 5 from a router to its collector, 30 records a datagram."""
    head = u16(5, 30) + u32(10**6, 1_777_885_923, 0, random.randrange(2**31)) + u8(0, 0) + u16(0)
    records = b"".join(
        u8(10, 16, 0, n, 198, 18, 0, n, 10, 0, 0, 1)
        + u16(1, 2)
        + u32(9, 4000, 10, 900)
        + u16(50000 + n, 443)
        + u8(0, 27, 6, 0)
        + u16(0, 0)
        + u8(16, 16)
        + u16(0)
        for n in range(30)
    )
    return Script((client(head + records),), (client(head + records, pause=900 * MILLISECOND),))


def modbus(random: Random) -> Script:
    """Registers of a machine, read every half second."""
    amount = random.randrange(2, 40)
    ask = u16(1, 0) + v16(u8(17, 3) + u16(random.randrange(500), amount))
    answer = u16(1, 0) + v16(u8(17, 3) + v8(random.randbytes(2 * amount)))
    return Script((), (client(ask, pause=500 * MILLISECOND, period=True), server(answer)))


def arp(operation: int, hardware: bytes, sender: bytes, known: bytes, target: bytes) -> bytes:
    """A frame with an ARP packet for IPv4 over Ethernet (RFC 826), padded to 60 bytes."""
    to = known if any(known) else b"\xff" * 6
    packet = u16(1, 0x0800) + u8(6, 4) + u16(operation) + hardware + sender + known + target
    return (to + hardware + u16(0x0806) + packet).ljust(60, b"\0")


def arp_talk(random: Random) -> Script:
    """Questions for neighbours, most of them answered."""
    steps: tuple[Step, ...] = ()
    for _ in range(200):
        asker, asked = (b"\x02\x00" + random.randbytes(4) for _ in range(2))
        own, other = (u8(10, 16, random.randrange(8), random.randrange(1, 255)) for _ in range(2))
        steps += (client(arp(1, asker, own, bytes(6), other), pause=120 * MILLISECOND),)
        if random.random() < 0.8:
            steps += (server(arp(2, asked, other, asker, own)),)
    return Script((), steps)


def bridge_talk(random: Random) -> Script:
    """A switch's spanning tree every two seconds (IEEE 802.1D section 9.3), and its LLDP (IEEE 802.1AB)."""
    mac = b"\x02\x01" + random.randbytes(4)
    bridge = u16(0x8000) + mac
    bpdu = u16(0) + u8(0, 0, 0) + bridge + u32(0) + bridge + u16(0x8001, 0, 20 << 8, 2 << 8, 15 << 8)
    tree = bytes.fromhex("0180c2000000") + mac + v16(u8(0x42, 0x42, 3) + bpdu)
    tlvs = ((1, u8(4) + mac), (2, u8(5) + b"ge-0/0/1"), (3, u16(120)), (5, b"sw-access-3"), (0, b""))
    body = b"".join(u16(kind << 9 | len(value)) + value for kind, value in tlvs)
    lldp = bytes.fromhex("0180c200000e") + mac + u16(0x88CC) + body
    hello = client(tree.ljust(60, b"\0"), pause=2 * SECOND, period=True)
    return Script((), (*(hello,) * 15, client(lldp.ljust(60, b"\0"))))
