"""Which names a DNS answer gives to addresses: read in plain Python, for the few answers that names are taken from.

What is read is whatever somebody sent: steps, lengths and results are bounded, and what does not fit is left out.
"""

from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import Final, NamedTuple

MOST_RECORDS: Final = 256
"""Of one message that are looked at."""
MOST_POINTERS: Final = 32
"""In one name; each leads back (RFC 1035 section 4.1.4), so that a name ends."""
MOST_ALIASES: Final = 16
"""In a chain from the name that was asked for to the one that has the address."""
LONGEST: Final = 255
"""Octets of a name (RFC 1035 section 3.1)."""
A, CNAME, PTR, AAAA = 1, 5, 12, 28
IN: Final = 1

Address = tuple[int, int]
"""(4 or 6, the address as a number)"""


class Named(NamedTuple):
    """A name that an answer gives to an address."""

    address: Address
    name: str
    """As it was asked for, in lower case; not necessarily the one that has the address."""
    reverse: bool
    """Whether it is the answer to the question whose address this is (PTR)."""


class _BadError(Exception):
    """The message does not fit its format."""


def named(message: bytes) -> list[Named]:
    """Give what a message says; nothing for a question, an error, or what is no message."""
    found: list[Named] = []
    with suppress(_BadError, IndexError):  # what was read before stands
        found += _named(message)
    return found


def _named(message: bytes) -> Iterator[Named]:
    if len(message) < 12 or not message[2] & 0x80 or message[2] & 0x78 or message[3] & 15:
        return
    questions, answers, authority, additional = (int.from_bytes(message[k : k + 2], "big") for k in (4, 6, 8, 10))
    if questions > 4:
        return
    at = 12
    asked = []
    for _ in range(questions):
        name, at = _name(message, at)
        asked.append(name)
        at += 4
    aliases: dict[str, str] = {}
    owners: list[tuple[str, Address]] = []
    reverse: list[Named] = []
    with suppress(_BadError, IndexError):  # cut short: the records before it stand
        for _ in range(min(answers + authority + additional, MOST_RECORDS)):
            owner, at = _name(message, at)
            kind, kind_class = _number(message, at), _number(message, at + 2) & 0x7FFF  # mDNS's top bit
            length = _number(message, at + 8)
            at += 10
            data = message[at : at + length]
            if len(data) < length:
                break
            if kind_class == IN:
                if (kind == A and length == 4) or (kind == AAAA and length == 16):
                    owners.append((owner, (4 if kind == A else 6, int.from_bytes(data, "big"))))
                elif kind == CNAME:
                    aliases.setdefault(owner, _name(message, at)[0])
                elif kind == PTR:
                    address = _reversed(owner)
                    if address:
                        reverse.append(Named(address, _name(message, at)[0], True))
            at += length
    meant = {_end(name, aliases): name for name in reversed(asked)}
    for owner, address in owners:
        yield Named(address, meant.get(owner, owner), False)
    yield from reverse


def _end(name: str, aliases: dict[str, str]) -> str:
    """Follow aliases from a name to the one that has addresses."""
    for _ in range(MOST_ALIASES):
        if name not in aliases:
            return name
        name = aliases[name]
    return name


def _number(message: bytes, at: int) -> int:
    return message[at] << 8 | message[at + 1]


def _name(message: bytes, at: int) -> tuple[str, int]:
    """Read a name: in lower case, what is no letter, digit, ``-`` or ``_`` escaped; and where what follows begins."""
    labels: list[str] = []
    after = -1
    octets = pointers = 0
    while True:
        size = message[at]
        if size >= 0xC0:
            target = _number(message, at) & 0x3FFF
            after = at + 2 if after < 0 else after
            pointers += 1
            if target >= at or pointers > MOST_POINTERS:
                raise _BadError
            at = target
            continue
        if size > 63:
            raise _BadError
        at += 1
        if not size:
            break
        octets += size + 1
        label = message[at : at + size]
        if octets > LONGEST or len(label) < size:
            raise _BadError
        labels.append("".join(_shown(octet) for octet in label))
        at += size
    return ".".join(labels), at if after < 0 else after


def _shown(octet: int) -> str:
    character = chr(octet)
    return character.lower() if character.isascii() and (character.isalnum() or character in "-_") else f"\\{octet:03d}"


def _reversed(owner: str) -> Address | None:
    """Give the address that a name of the reverse tree stands for (RFC 1035 section 3.5, RFC 3596 section 2.5)."""
    try:
        if owner.endswith(".in-addr.arpa"):
            return 4, int(ip_address(".".join(reversed(owner.removesuffix(".in-addr.arpa").split(".")))))
        if owner.endswith(".ip6.arpa"):
            digits = owner.removesuffix(".ip6.arpa").split(".")
            if len(digits) == 32 and all(len(digit) == 1 for digit in digits):
                return 6, int("".join(reversed(digits)), 16)
    except ValueError:
        return None
    return None
