"""What a Windows domain says: SMB 2/3, RDP, LDAP, Kerberos."""

from random import Random

from benchmarks.traffic import tls
from benchmarks.traffic.script import MILLISECOND, SECOND, Script, client, server
from benchmarks.traffic.wire import (
    crlf,
    host_name,
    integer,
    le16,
    le32,
    le64,
    octets,
    oid,
    tlv,
    u8,
    u16,
    u24,
    v16,
)

REALM = "CORP.EXAMPLE"
USERS = ("anna", "bo", "chen", "dara", "svc-backup", "PC-0042$")


def smb2(command: int, message: int, body: bytes, *, response: bool = False, session: int = 0, tree: int = 0) -> bytes:
    """An SMB2 message with its NetBIOS length ([MS-SMB2] 2.2.1.2)."""
    header = (
        b"\xfeSMB"
        + le16(64, 1)
        + le32(0)
        + le16(command, 31)
        + le32(1 if response else 0)
        + le32(0)
        + le64(message)
        + le32(0xFEFF, tree)
        + le64(session)
        + bytes(16)
    )
    return u8(0) + u24(len(header) + len(body)) + header + body


def spnego() -> bytes:
    """A NegTokenInit that offers NTLM (RFC 4178)."""
    inner = tlv(0x30, tlv(0xA0, tlv(0x30, oid("1.3.6.1.4.1.311.2.2.10"))))
    return tlv(0x60, oid("1.3.6.1.5.5.2"), tlv(0xA0, inner))


def smb(random: Random) -> Script:
    """Negotiation of SMB 3.0, then reads of one file."""
    session, guid = random.randrange(1, 2**40), random.randbytes(16)
    dialects = (0x0202, 0x0210, 0x0300, 0x0302)
    ask = le16(36, len(dialects), 1, 0) + le32(0x7F) + guid + le64(0) + le16(*dialects)
    blob = spnego()
    answer = (
        le16(65, 1, 0x0302, 0)
        + random.randbytes(16)
        + le32(0x2F)
        + le32(8 << 20, 8 << 20, 8 << 20)
        + le64(133_600_000_000_000_000)
        + le64(0)
        + le16(128, len(blob))
        + le32(0)
        + blob
    )
    size = 65536
    read = le16(49) + u8(0x50, 0) + le32(size) + le64(0) + random.randbytes(16) + le32(0, 0, 0) + le16(0, 0) + u8(0)
    data = le16(17) + u8(80, 0) + le32(size, 0, 0)
    head = smb2(8, 9, data, response=True, session=session, tree=5)
    head = u8(0) + u24(len(head) - 4 + size) + head[4:]
    opening = (client(smb2(0, 0, ask)), server(smb2(0, 0, answer, response=True)))
    repeat = (
        client(smb2(8, 9, read, session=session, tree=5), pause=40 * MILLISECOND),
        server(head, size),
    )
    return Script(opening, repeat)


def rdp(random: Random) -> Script:
    """The X.224 negotiation ([MS-RDPBCGR] 2.2.1.1), then TLS."""
    cookie = crlf(f"Cookie: mstshash={random.choice(USERS)}")
    ask = cookie + u8(1, 0) + le16(8) + le32(3)
    confirm = u8(2, 0x1F) + le16(8) + le32(1)
    request = u8(6 + len(ask), 0xE0) + u16(0, 0) + u8(0) + ask
    answer = u8(6 + len(confirm), 0xD0) + u16(0, 0x1234) + u8(0) + confirm
    opening = (client(tpkt(request)), server(tpkt(answer)), *tls.opening(random, host_name(random)))
    repeat = (
        tls.sealed(0, random.randrange(40, 120), pause=60 * MILLISECOND),
        *(tls.sealed(1, random.randrange(100, 6000), pause=30 * MILLISECOND) for _ in range(3)),
    )
    return Script(opening, repeat)


def tpkt(data: bytes) -> bytes:
    """A TPKT (RFC 2126 section 4.3)."""
    return u8(3, 0) + u16(len(data) + 4) + data


def ldap(random: Random) -> Script:
    """A simple bind and searches (RFC 4511)."""
    user = f"{random.choice(USERS)}{random.randrange(900)}"
    name = f"cn={user},dc=corp,dc=example"
    fine = integer(0, 10) + octets("") + octets("")
    bind = tlv(0x30, integer(1), tlv(0x60, integer(3), octets(name), octets("secret", 0x80)))
    bound = tlv(0x30, integer(1), tlv(0x61, fine))
    wanted = tlv(0xA3, octets("uid"), octets(user))
    limits = integer(2, 10) + integer(0, 10) + integer(0) + integer(0) + tlv(1, u8(0))
    search = tlv(
        0x30,
        integer(2),
        tlv(0x63, octets("dc=corp,dc=example"), limits, wanted, tlv(0x30, octets("mail"))),
    )
    values = tlv(0x30, tlv(0x30, octets("mail"), tlv(0x31, octets(f"{user}@corp.example"))))
    found = tlv(0x30, integer(2), tlv(0x64, octets(name), values)) + tlv(0x30, integer(2), tlv(0x65, fine))
    opening = (client(bind), server(bound))
    closing = (client(tlv(0x30, integer(3), tlv(0x42))),)
    return Script(opening, (client(search, pause=SECOND), server(found)), closing)


def kerberos(random: Random) -> Script:
    """An AS-REQ without pre-authentication, refused as usual (RFC 4120), over TCP."""
    service = tlv(0x30, tlv(0xA0, integer(2)), tlv(0xA1, tlv(0x30, octets("krbtgt", 27), octets(REALM, 27))))
    client_name = tlv(0x30, tlv(0xA0, integer(1)), tlv(0xA1, tlv(0x30, octets(random.choice(USERS), 27))))
    body = tlv(
        0x30,
        tlv(0xA0, tlv(3, u8(0, 0x50, 0x80, 0, 0))),
        tlv(0xA1, client_name),
        tlv(0xA2, octets(REALM, 27)),
        tlv(0xA3, service),
        tlv(0xA5, octets("20370913024805Z", 24)),
        tlv(0xA7, integer(random.randrange(2**31))),
        tlv(0xA8, tlv(0x30, integer(18), integer(17), integer(23))),
    )
    ask = tlv(0x6A, tlv(0x30, tlv(0xA1, integer(5)), tlv(0xA2, integer(10)), tlv(0xA4, body)))
    error = tlv(
        0x7E,
        tlv(
            0x30,
            tlv(0xA0, integer(5)),
            tlv(0xA1, integer(30)),
            tlv(0xA4, octets("20260504091203Z", 24)),
            tlv(0xA5, integer(random.randrange(10**6))),
            tlv(0xA6, integer(25)),  # KDC_ERR_PREAUTH_REQUIRED
            tlv(0xA9, octets(REALM, 27)),
            tlv(0xAA, service),
        ),
    )
    return Script((client(u16(0) + v16(ask)), server(u16(0) + v16(error))))
