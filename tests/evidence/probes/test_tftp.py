"""TFTP: requests, options, errors and blocks."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.tftp import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown


@pytest.mark.parametrize(
    "case",
    [
        # RFC 1350 section 5, RFC 2348's example, RFC 2347
        Case(b"\0\1testfile\0octet\0blksize\x001428\0", DATAGRAM, "request", CLIENT, "testfile"),
        Case(b"\0\2boot/x\0NetASCII\0", DATAGRAM, "request", CLIENT, "boot/x"),
        Case(b"\0\6blksize\x001428\0", DATAGRAM, "option acknowledgement", SERVER),
        Case(b"\0\5\0\1File not found\0", DATAGRAM, "error", ANY_ROLE),
        Case(b"\0\3\0\1" + bytes(512), DATAGRAM, "first block", ANY_ROLE),
        Case(b"\0\3\0\1short", DATAGRAM, "first block", ANY_ROLE, grade=SPECULATIVE),
        Case(b"\0\4\0\0", DATAGRAM, "acknowledgement", ANY_ROLE, grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        b"\0\1test\x07\0octet\0",
        b"\0\1testfile\0binary\0",
        b"\0\1testfile\0octet\0blksize\0",  # an option without its value
        b"\0\6blksize\0",
        b"\0\5\0\x63Odd\0",
        b"\0\3\0\1" + bytes(511),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    unknown(PROBE, payload, DATAGRAM)
