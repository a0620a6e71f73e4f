"""Tests of the kerberos probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.kerberos import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits


def der(tag: int, *parts: bytes) -> bytes:
    """Put parts behind a tag and their length."""
    body = b"".join(parts)
    size = len(body)
    return bytes([tag]) + (bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")) + body


REALM = der(0x1B, b"EXAMPLE.ORG")
CNAME = der(0x30, der(0xA0, der(2, b"\x01")), der(0xA1, der(0x30, der(0x1B, b"alice"))))
BODY = der(0x30, der(0xA0, der(3, b"\x00\x50\x80\x00\x00")), der(0xA1, CNAME), der(0xA2, REALM))
AS_REQ = der(0x6A, der(0x30, der(0xA1, der(2, b"\x05")), der(0xA2, der(2, b"\x0a")), der(0xA4, BODY)))
PADATA = der(0xA3, der(0x30, der(0x30, der(0xA1, der(2, b"\x01")), der(0xA2, der(4, bytes(200))))))
TGS_REQ = der(0x6C, der(0x30, der(0xA1, der(2, b"\x05")), der(0xA2, der(2, b"\x0c")), PADATA, der(0xA4, BODY)))
AS_REP = der(
    0x6B, der(0x30, der(0xA0, der(2, b"\x05")), der(0xA1, der(2, b"\x0b")), der(0xA3, REALM), der(0xA4, CNAME))
)
TIME = der(0xA4, der(0x18, b"20260101000000Z"))
ERROR = der(
    0x7E,
    der(
        0x30, der(0xA0, der(2, b"\x05")), der(0xA1, der(2, b"\x1e")), TIME, der(0xA6, der(2, b"\x19")), der(0xA9, REALM)
    ),
)


def framed(message: bytes) -> bytes:
    """Put the length in front, as over TCP."""
    return len(message).to_bytes(4, "big") + message


@pytest.mark.parametrize(
    "case",
    [
        Case(AS_REQ, DATAGRAM, "AS-REQ", CLIENT, "EXAMPLE.ORG"),
        Case(AS_REP, DATAGRAM, "AS-REP", SERVER, "EXAMPLE.ORG"),
        Case(TGS_REQ, DATAGRAM, "TGS-REQ", CLIENT, "EXAMPLE.ORG"),
        Case(ERROR, DATAGRAM, "KRB-ERROR", SERVER, "EXAMPLE.ORG"),
        Case(framed(TGS_REQ), STREAM, "TGS-REQ", CLIENT, "EXAMPLE.ORG"),
        Case(framed(AS_REP), MIDDLE, "AS-REP", SERVER, "EXAMPLE.ORG"),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Requests and replies of both services, and errors; the label is the realm."""
    known(PROBE, case)


def test_a_message_in_pieces_is_waited_for() -> None:
    """The length comes first."""
    waits(PROBE, framed(AS_REQ)[:10])


@pytest.mark.parametrize(
    "payload",
    [
        AS_REQ.replace(b"\xa1\x03\x02\x01\x05", b"\xa1\x03\x02\x01\x04", 1),  # version 4
        AS_REQ.replace(b"\xa2\x03\x02\x01\x0a", b"\xa2\x03\x02\x01\x0c", 1),  # the type is not the tag's
        AS_REQ + b"\0",
        AS_REQ[:-1],
        b"\x61" + AS_REQ[1:],  # a ticket, on its own
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Tag, type, version and three lengths agree, or it is none."""
    unknown(PROBE, payload, DATAGRAM, 0)
