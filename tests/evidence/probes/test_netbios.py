"""Tests of the netbios probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.netbios import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits


def encoded(name: bytes, kind: int) -> bytes:
    """Encode a name as RFC 1001 section 14.1 has it."""
    plain = name.ljust(15) + bytes([kind])
    return b"\x20" + b"".join(bytes([0x41 + (byte >> 4), 0x41 + (byte & 15)]) for byte in plain) + b"\x00"


QUERY = bytes.fromhex("84e7 0110 0001 0000 0000 0000") + encoded(b"FILESERVER", 0x20) + bytes.fromhex("0020 0001")
REPLY = (
    bytes.fromhex("84e7 8500 0000 0001 0000 0000")
    + encoded(b"FILESERVER", 0x20)
    + bytes.fromhex("0020 0001 0000003c 0006 0000 c0000205")
)
NAMES = encoded(b"DESK", 0) + encoded(b"WORKGROUP", 0x1D)
BODY = NAMES + b"\xffSMB" + bytes(32)
GROUP = bytes.fromhex("11 02 8527 c0000205 008a") + len(BODY).to_bytes(2, "big") + b"\0\0" + BODY
SESSION = bytes.fromhex("81 00 0044") + encoded(b"FILESERVER", 0x20) + encoded(b"DESK", 0)


@pytest.mark.parametrize(
    "case",
    [
        Case(QUERY, DATAGRAM, "name service", CLIENT, "FILESERVER<20>"),
        Case(REPLY, DATAGRAM, "name service", SERVER, "FILESERVER<20>"),
        Case(GROUP, DATAGRAM, "datagram", label="DESK<00>"),
        Case(SESSION, STREAM, "session request", CLIENT, "FILESERVER<20>"),
        Case(SESSION, MIDDLE, "session request", CLIENT, "FILESERVER<20>"),
        Case(b"\x82\0\0\0", STREAM, "session accepted", SERVER),
        Case(b"\x83\0\0\x01\x82", STREAM, "session refused", SERVER),
    ],
)
def test_packets_are_known(case: Case) -> None:
    """The three services of RFC 1002."""
    known(PROBE, case)


def test_a_session_request_in_pieces_is_waited_for() -> None:
    """The names are the proof."""
    waits(PROBE, SESSION[:20])


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (QUERY.replace(b"EG", b"eg", 1), DATAGRAM),  # letters beyond P
        (QUERY[:-4] + bytes.fromhex("0001 0001"), DATAGRAM),  # DNS's type for an address
        (SESSION[:5] + b"z" + SESSION[6:], STREAM),
        (b"\x82\0\0\0", MIDDLE),
        (GROUP[:10] + b"\xff\xff" + GROUP[12:], DATAGRAM),  # another length
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes, context: int) -> None:
    """One wrong byte in what proves it."""
    unknown(PROBE, payload, context)
