"""SMB 1, 2 and 3 behind the header of NetBIOS sessions, which direct TCP transport kept."""

from typing import Any

from annotator.evidence.probe import (
    ANY_ROLE,
    CLIENT,
    CONFIRMED,
    FOLLOW,
    NOTHING,
    SERVER,
    START,
    Answer,
    Probe,
    tcp,
    verdict,
)
from annotator.evidence.undecided import undecided
from annotator.kernel.load import be32, le16, le32, u8

SMB1, SMB2, SEALED, COMPRESSED = 0xFF534D42, 0xFE534D42, 0xFD534D42, 0xFC534D42
NEGOTIATE_1, SESSION_1, TREE_1, BREAK_1 = 0x72, 0x73, 0x75, 0x24
SESSION_2, TREE_2, BREAK_2 = 1, 3, 18
BASES = ("SMB1 request", "SMB1 response", "SMB2 request", "SMB2 response", "encrypted SMB3", "compressed SMB3")


def confirm(data: Any, i: int, end: int, finish: int, context: int) -> Answer:
    """A session message: 0, its length, and an SMB header. The first ones are followed until a share is named."""
    if end - i < 8:
        fits = context & START and end > i and u8(data, i) == 0
        return (verdict(undecided(end, finish, context), ANY_ROLE, 0), 0, 0) if fits else NOTHING
    length = be32(data, i)
    magic = be32(data, i + 4)
    if length < 32 or length >> 24:
        return NOTHING
    if magic == SEALED or magic == COMPRESSED:
        return verdict(CONFIRMED, ANY_ROLE, 4 if magic == SEALED else 5), 0, 0
    label, size = 0, 0
    if magic == SMB1:  # [MS-CIFS] 2.2.3.1: magic, command, status, flags (0x80: reply), flags2, 12 bytes, tree, ...
        if end - i < 36:
            return verdict(undecided(end, finish, context), ANY_ROLE, 0), 0, 0
        command, reply = u8(data, i + 8), u8(data, i + 13) >> 7
        if command == TREE_1 and not reply and end - i >= 47 and u8(data, i + 36) == 4:
            label = i + 47 + le16(data, i + 43)  # behind the password, aligned where it is in Unicode
            if le16(data, i + 14) & 0x8000:
                label += (label - i - 4) & 1
            size = min(i + 47 + le16(data, i + 45), end) - label
        early = command == NEGOTIATE_1 or command == SESSION_1
        role = SERVER if reply else ANY_ROLE if command == BREAK_1 else CLIENT  # servers break locks unasked
        basis = reply
    elif magic == SMB2:  # [MS-SMB2] 2.2.1: magic, 64, credit charge, status, command, credits, flags (1: response)
        if end - i < 24:
            return verdict(undecided(end, finish, context), ANY_ROLE, 2), 0, 0
        if le16(data, i + 8) != 64:
            return NOTHING
        command, reply = le16(data, i + 16), le32(data, i + 20) & 1
        if command > BREAK_2 + 1:
            return NOTHING
        if command == TREE_2 and not reply and end - i >= 76:
            label = i + 4 + le16(data, i + 72)
            size = min(le16(data, i + 74), end - label)
        early = command <= SESSION_2
        role = SERVER if reply else ANY_ROLE if command == BREAK_2 else CLIENT
        basis = 2 + reply
    else:
        return NOTHING
    return verdict(CONFIRMED, role, basis, FOLLOW if early and role == CLIENT else 0), label, max(size, 0)


def spell(raw: bytes) -> str:
    """Write the share's path, in UTF-16 or in bytes, up to its end."""
    if 0 in raw[:4]:
        return raw[: len(raw) & ~1].decode("utf-16-le", "replace").split("\0")[0]
    return raw.split(b"\0")[0].decode("ascii", "backslashreplace")


PROBE = Probe(
    name="smb",
    title="Server Message Block",
    sources=("[MS-CIFS] 2.2.3.1, 2.2.4.55", "[MS-SMB2] 2.1, 2.2.1, 2.2.9, 2.2.41, 2.2.42", "RFC 1002 section 4.3"),
    bases=BASES,
    signatures=(tcp(b"\x00\x00\x00\x00\xfc\x53\x4d\x42", mask=b"\xff\x00\x00\x00\xfc\xff\xff\xff"),),
    confirm=confirm,
    strength=95,
    label=spell,
)
