"""Tests of the snmp probe."""

import pytest

from annotator.evidence.probe import CLIENT, SERVER
from annotator.evidence.probes.snmp import PROBE
from tests.evidence.probes.cases import DATAGRAM, STREAM, Case, known, unknown, waits

# sysDescr.0, null
BINDING = bytes.fromhex("30 0e 30 0c 06 08 2b06010201010100 05 00")
PDU = bytes.fromhex("02 04 1a2b3c4d 02 01 00 02 01 00") + BINDING


def message(version: int, tag: int, pdu: bytes = PDU) -> bytes:
    """Wrap a PDU with the community "public"."""
    body = bytes([2, 1, version]) + b"\x04\x06public" + bytes([tag, len(pdu)]) + pdu
    return bytes([0x30, len(body)]) + body


TRAP = bytes.fromhex("06 06 2b06010401 09 40 04 c0000201 02 01 00 02 01 00 43 01 00 30 00")
HEADER_3 = bytes.fromhex("30 10 02 03 01e240 02 03 00ffe3 04 01 04 02 01 03")  # id, size, reportable, user-based
VERSION_3 = bytes.fromhex("30 1f 02 01 03") + HEADER_3 + b"\x04\x02\x30\x00" + bytes.fromhex("04 04 01020304")


@pytest.mark.parametrize(
    "case",
    [
        Case(message(0, 0xA0), DATAGRAM, "request", CLIENT),
        Case(message(1, 0xA5), DATAGRAM, "request", CLIENT),
        Case(message(1, 0xA2), DATAGRAM, "response", SERVER),
        Case(message(0, 0xA4, TRAP), DATAGRAM, "trap", CLIENT),
        Case(message(1, 0xA6), DATAGRAM, "inform", CLIENT),
        Case(VERSION_3, DATAGRAM, "SNMPv3 message", CLIENT),
        Case(message(1, 0xA0), STREAM, "request", CLIENT),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """All versions; the community is a password and no label."""
    known(PROBE, case)


def test_scapys_messages_are_known() -> None:
    """An independent encoder: lengths of two bytes, long object identifiers."""
    from scapy.layers.snmp import SNMP, SNMPbulk, SNMPresponse, SNMPvarbind

    bindings = [SNMPvarbind(oid=f"1.3.6.1.2.1.2.2.1.{n}.1", value=b"x" * 40) for n in range(1, 9)]
    request = bytes(SNMP(version=1, community=b"public", PDU=SNMPbulk(id=5, varbindlist=bindings)))
    response = bytes(SNMP(version=1, community=b"public", PDU=SNMPresponse(id=5, varbindlist=bindings)))
    assert request[1] == 0x82
    known(PROBE, Case(request, DATAGRAM, "request", CLIENT))
    known(PROBE, Case(response, DATAGRAM, "response", SERVER))


def test_a_message_in_pieces_is_waited_for() -> None:
    """Of a stream, more is asked for."""
    waits(PROBE, message(1, 0xA0)[:13])


@pytest.mark.parametrize(
    "payload",
    [
        message(0, 0xA9),  # no such PDU
        message(0, 0xA0)[:-1],
        message(0, 0xA0) + b"\0",
        message(0, 0x60),  # LDAP's tag
        VERSION_3.replace(b"\x02\x03\x00\xff\xe3", b"\x02\x03\x00\x00\x10"),  # a message size below 484
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Every part within its whole."""
    unknown(PROBE, payload, DATAGRAM, 0)
