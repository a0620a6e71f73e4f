"""Tests of the gtp probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.gtp import PROBE
from tests.evidence.probes.cases import DATAGRAM, Case, known, unknown

ECHO = bytes.fromhex("32 01 0004 00000000 0001 00 00")
ECHO_REPLY = bytes.fromhex("32 02 0006 00000000 0001 00 00 0e 05")  # recovery
CREATE = bytes.fromhex("32 10 000d 00000000 0002 00 00") + bytes.fromhex("02 4211001234567890")  # IMSI
INNER = bytes.fromhex("45 00 001c 0001 0000 40 11 0000 c0000201 c0000202") + bytes(8)
USER = bytes.fromhex("30 ff 001c 00000077") + INNER
EXTENDED = bytes.fromhex("34 ff 0024 00000077 0000 00 85 01 1001 00") + INNER  # a PDU session container
SESSION = bytes.fromhex("48 20 000d 00000000 000001 00") + bytes.fromhex("03 0001 00 07")
ECHO_2 = bytes.fromhex("40 01 0009 000001 00 03 0001 00 07")
PRIME = bytes.fromhex("2e f0 0006 0004 7e 01 fc 0001 01")  # a data record packet


@pytest.mark.parametrize(
    "case",
    [
        Case(ECHO, DATAGRAM, "GTP version 1", CLIENT),
        Case(ECHO_REPLY, DATAGRAM, "GTP version 1", SERVER),
        Case(CREATE, DATAGRAM, "GTP version 1", CLIENT),
        Case(USER, DATAGRAM, "user plane"),
        Case(EXTENDED, DATAGRAM, "user plane"),
        Case(SESSION, DATAGRAM, "GTP version 2", CLIENT),
        Case(ECHO_2, DATAGRAM, "GTP version 2", CLIENT),
        Case(PRIME, DATAGRAM, "GTP prime", CLIENT),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Signalling of both versions, user data, charging."""
    known(PROBE, case)


@pytest.mark.parametrize(
    "payload",
    [
        ECHO + b"\0",
        ECHO[:4] + b"\0\0\0\1" + ECHO[8:],  # an echo in a tunnel
        USER[:8] + b"\x55" + USER[9:],  # no IP inside
        USER[:11] + b"\x1d" + USER[12:],  # an inner packet of another length
        SESSION[:13] + b"\x00\x02" + SESSION[15:],  # an element past the end
        SESSION[:11] + b"\x01" + SESSION[12:],  # the spare byte
        PRIME[:6] + b"\x7f" + PRIME[7:],
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Lengths fill the datagram."""
    unknown(PROBE, payload, DATAGRAM, SPECULATIVE)
