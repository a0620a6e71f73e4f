"""Tests of the ldap probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, UPGRADE
from annotator.evidence.probes.ldap import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown


def ber(tag: int, *parts: bytes) -> bytes:
    """Put parts behind a tag and their length."""
    body = b"".join(parts)
    return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else b"\x81" + bytes([len(body)])) + body


def message(operation: bytes, number: int = 1) -> bytes:
    """Number an operation."""
    return ber(0x30, ber(2, bytes([number])), operation)


DN = b"cn=admin,dc=example,dc=org"
BIND = message(ber(0x60, ber(2, b"\x03"), ber(4, DN), ber(0x80, b"secret")))
BOUND = message(ber(0x61, ber(0x0A, b"\x00"), ber(4), ber(4)))
FILTER = ber(0x87, b"objectClass")
SEARCH = message(
    ber(0x63, ber(4, b"dc=example,dc=org"), ber(10, b"\x02"), ber(10, b"\x00"), ber(2, b"\0"), ber(2, b"\0"), FILTER), 2
)
ENTRY = message(ber(0x64, ber(4, DN), ber(0x30)), 2)
DONE = message(ber(0x65, ber(0x0A, b"\x00"), ber(4), ber(4)), 2)
START_TLS = message(ber(0x77, ber(0x80, b"1.3.6.1.4.1.1466.20037")))
WHO_AM_I = message(ber(0x77, ber(0x80, b"1.3.6.1.4.1.4203.1.11.3")))
UNBIND = message(b"\x42\x00", 3)
# what Windows sends: lengths of four bytes
WINDOWS = bytes.fromhex("30 84 00000010 02 01 01 60 84 00000007 02 01 03 04 00 80 00")
CLDAP = ENTRY + DONE


@pytest.mark.parametrize(
    "case",
    [
        Case(BIND, STREAM, "bind", CLIENT, DN.decode()),
        Case(BOUND, STREAM, "bind response", SERVER),
        Case(SEARCH, STREAM, "search", CLIENT, "dc=example,dc=org"),
        Case(SEARCH, MIDDLE, "search", CLIENT, "dc=example,dc=org"),
        Case(ENTRY, STREAM, "search result", SERVER, DN.decode()),
        Case(DONE, MIDDLE, "search result", SERVER),
        Case(START_TLS, STREAM, "StartTLS", CLIENT, "1.3.6.1.4.1.1466.20037", wishes=UPGRADE),
        Case(WHO_AM_I, STREAM, "extended request", CLIENT, "1.3.6.1.4.1.4203.1.11.3"),
        Case(UNBIND, STREAM, "request", CLIENT),
        Case(WINDOWS, STREAM, "bind", CLIENT),
        Case(SEARCH, DATAGRAM, "search", CLIENT, "dc=example,dc=org"),
        Case(CLDAP, DATAGRAM, "search result", SERVER, DN.decode()),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Over TCP, and CLDAP; the label is the name that is bound or searched, never the password."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        BIND.replace(b"\x02\x01\x03\x04", b"\x02\x01\x09\x04", 1),  # version 9
        BIND[:1] + b"\x05" + BIND[2:],  # the whole is shorter than its parts
        SEARCH.replace(b"\x0a\x01\x02", b"\x0a\x01\x07", 1),  # a scope of 7
        message(ber(0x61, ber(2, b"\x00"), ber(4), ber(4))),  # a result that is no enumeration
        message(ber(0xA0, ber(2, b"\x01"), ber(2, b"\x00"))),  # SNMP's tag
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Operations have their own form."""
    unknown(PROBE, payload, STREAM)
