"""Tests of the bittorrent probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.bittorrent import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, Case, known, unknown

HANDSHAKE = b"\x13BitTorrent protocol" + bytes(8) + bytes(range(20)) + b"-XX0001-abcdefghijkl"
QUERY = b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"  # BEP 5's own example
RESPONSE = b"d1:rd2:id20:mnopqrstuvwxyz123456e1:t2:aa1:y1:re"
ERROR = b"d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee"
CONNECT = bytes.fromhex("00000417 27101980 00000000 01020304")
SYN = bytes.fromhex("41 00 1a2b 00000001 00000000 00100000 0001 0000")
STATE = bytes.fromhex("21 00 1a2b 00000001 00000002 00100000 0001 0001")
DATA = bytes.fromhex("01 00 1a2c 00000001 00000002 00100000 0002 0001") + b"hello"
SELECTIVE = bytes.fromhex("21 01 1a2b 00000001 00000002 00100000 0001 0001 00 04 00000001")
SEARCH = b"BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: x\r\n\r\n\r\n"


@pytest.mark.parametrize(
    "case",
    [
        Case(HANDSHAKE, MIDDLE, "peer handshake"),
        Case(HANDSHAKE, DATAGRAM, "peer handshake"),
        Case(QUERY, DATAGRAM, "DHT message", CLIENT),
        Case(RESPONSE, DATAGRAM, "DHT message", SERVER),
        Case(ERROR, DATAGRAM, "DHT message", SERVER),
        Case(CONNECT, DATAGRAM, "tracker connect", CLIENT),
        Case(SYN, DATAGRAM, "uTP header", CLIENT),
        Case(STATE, DATAGRAM, "uTP header", grade=SPECULATIVE),
        Case(DATA, DATAGRAM, "uTP header", grade=SPECULATIVE),
        Case(SELECTIVE, DATAGRAM, "uTP header", grade=SPECULATIVE),
        Case(SEARCH, DATAGRAM, "local peer discovery", CLIENT),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Each of its protocols; a uTP header proves something only where a connection opens."""
    known(PROBE, case)


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (b"\x13BitTorrexx protocol" + HANDSHAKE[20:], MIDDLE),
        (QUERY.replace(b"1:y1:q", b"1:y1:x"), DATAGRAM),
        (QUERY[:-1] + b"d", DATAGRAM),  # a dictionary that does not end
        (CONNECT + b"\0", DATAGRAM),
        (CONNECT[:11] + b"\x01" + CONNECT[12:], DATAGRAM),  # not the action that opens
        (SYN[:17] + b"\x02" + SYN[18:], DATAGRAM),  # does not begin with 1
        (SYN + b"\0", DATAGRAM),
        (STATE + b"\0", DATAGRAM),
        (b"\x51" + SYN[1:], DATAGRAM),  # no such type
        (b"\x42" + SYN[1:], DATAGRAM),  # version 2
        (SELECTIVE[:-1], DATAGRAM),  # an extension past the end
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit."""
    unknown(PROBE, payload, context, 0)
