"""DCE/RPC (MS-RPC): the common header of its connection-oriented and connectionless packets."""

import re
import uuid
from typing import Any

from annotator.evidence.probe import (
    ANNOUNCE,
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    FOLLOW,
    NOTHING,
    SERVER,
    START,
    TCP,
    Answer,
    Probe,
    tcp,
    udp,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be16, be32, le16, u8

REQUEST, RESPONSE, FAULT, BIND, BIND_ACK, ALTER, AUTH3, LAST = 0, 2, 3, 11, 12, 14, 16, 20
BASES = ("request", "response", "bind", "bind ack", "connectionless packet")
INTERFACES = {
    "e1af8308-5d1f-11c9-91a4-08002b14a0fa": "epmapper",
    "12345678-1234-abcd-ef00-01234567cffb": "netlogon",
    "12345778-1234-abcd-ef00-0123456789ab": "lsarpc",
    "12345778-1234-abcd-ef00-0123456789ac": "samr",
    "367abb81-9844-35f1-ad32-98f038001003": "svcctl",
    "4b324fc8-1670-01d3-1278-5a47bf6ee188": "srvsvc",
    "6bffd098-a112-3610-9833-46c3f87e345a": "wkssvc",
    "e3514235-4b06-11d1-ab04-00c04fc2dcd2": "drsuapi",
    "86d35949-83c9-4044-b424-db363231fd0c": "tasksched",
    "99fcfec4-5260-101b-bbcb-00aa0021347a": "IObjectExporter",
    "000001a0-0000-0000-c000-000000000046": "IRemoteSCMActivator",
}
TOWER = re.compile(rb"\x01\x00[\x07\x08]\x02\x00(..)\x01\x00\x09\x04\x00(....)", re.DOTALL)
"""The floors of a tower that end it: TCP (7) or UDP (8) port, and IPv4 address ([C706] appendix I)."""


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """Version 5 or 4, a packet type, the data representation, and lengths ([C706] section 12.5, 12.6)."""
    if not context & TCP:  # 80 bytes; the last but six are the body's length
        if end - i < 80:
            return NOTHING
        kind, form = u8(data, i + 1), u8(data, i + 4)
        little = form >> 4
        size = le16(data, i + 74) if little else be16(data, i + 74)
        if kind > 10 or (form & 0xEE) or u8(data, i + 5) > 3 or u8(data, i + 6) or size > finish - i - 80:
            return NOTHING
        if size != finish - i - 80 and not u8(data, i + 2) & 0x80 and finish - i - 80 - size > 64:
            return NOTHING
        asks = kind == 0 or kind == 1 or kind == 8
        return verdict(CONFIRMED, CLIENT if asks else ANY_ROLE if kind == 7 or kind == 10 else SERVER, 4), i + 24, 16
    if end - i < 16:
        return (verdict(undecided(end, finish, context), ANY_ROLE, 0), 0, 0) if context & START else NOTHING
    kind, form = u8(data, i + 2), u8(data, i + 4)
    if u8(data, i + 1) > 1 or kind > LAST or form & 0xEE or u8(data, i + 5) > 3 or be16(data, i + 6):
        return NOTHING
    little = form >> 4
    size = le16(data, i + 8) if little else be16(data, i + 8)
    auth = le16(data, i + 10) if little else be16(data, i + 10)
    if size < 16 or auth + 16 > size or (not context & START and size > finish - i):
        return NOTHING
    if kind == BIND or kind == ALTER:  # the first interface
        if end - i < 52:
            return verdict(undecided(end, finish, context), CLIENT, 2), 0, 0
        return (verdict(CONFIRMED, CLIENT, 2), i + 32, 16) if u8(data, i + 24) and size >= 72 else NOTHING
    if kind == BIND_ACK or kind == ALTER + 1 or kind == 13:
        return verdict(CONFIRMED, SERVER, 3, FOLLOW if kind == BIND_ACK else 0), 0, 0
    if kind == RESPONSE or kind == FAULT:
        for k in range(i + 24, min(end, i + 1024) - 18):  # a tower with a port, in an answer of the endpoint mapper
            kinds = be32(data, k)  # count 1, protocol 7 or 8, count 2: bytes 01 00 07 02 00
            if (kinds == 0x01000702 or kinds == 0x01000802) and be32(data, k + 7) == 0x01000904:
                return verdict(CONFIRMED, SERVER, 1, ANNOUNCE), 0, 0
        return verdict(CONFIRMED, SERVER, 1), 0, 0
    role = CLIENT if kind == REQUEST or kind == AUTH3 or kind == 18 or kind == 19 else ANY_ROLE
    return verdict(CONFIRMED, role, 0), 0, 0


def spell(raw: bytes) -> str:
    """Name the interface, or give its UUID."""
    if len(raw) < 16:
        return ""
    text = str(uuid.UUID(bytes_le=raw[:16]))
    return INTERFACES.get(text, text)


def announced(raw: bytes) -> list[tuple[str, str, int]]:
    """Read the ports of the towers in an answer of the endpoint mapper."""
    found: list[tuple[str, str, int]] = []
    for match in TOWER.finditer(raw):
        port, address = int.from_bytes(match[1], "big"), ".".join(str(part) for part in match[2])
        transport = "tcp" if raw[match.start() + 2] == 7 else "udp"
        if port and len(found) < 16:
            found.append(("" if address == "0.0.0.0" else address, transport, port))  # noqa: S104  # unset, not bound
    return found


PROBE = Probe(
    name="dcerpc",
    title="DCE Remote Procedure Call",
    sources=("[C706] sections 12.5, 12.6, appendices I, L", "[MS-RPCE] 2.2"),
    bases=BASES,
    signatures=(
        tcp(b"\x05\x00\x00\x00\x00\x00\x00\x00", mask=b"\xff\xfe\xe0\x00\xee\xfc\xff\xff"),
        udp(b"\x04\x00\x00\x00\x00\x00\x00", mask=b"\xff\xf0\x00\x00\xee\xfc\xff", shortest=80),
    ),
    confirm=confirm,
    strength=75,
    label=spell,
    announced=announced,
)
