"""Tests of the mqtt probe."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.mqtt import PROBE
from tests.evidence.probes.cases import MIDDLE, STREAM, Case, known, unknown, waits

CONNECT = bytes.fromhex("10 10 0004") + b"MQTT" + bytes.fromhex("04 02 003c 0004") + b"desk"
CONNECT_5 = bytes.fromhex("10 11 0004") + b"MQTT" + bytes.fromhex("05 02 003c 00 0004") + b"desk"
CONNECT_31 = bytes.fromhex("10 12 0006") + b"MQIsdp" + bytes.fromhex("03 02 003c 0004") + b"desk"
CONNACK = bytes.fromhex("20 02 00 00")
CONNACK_5 = bytes.fromhex("20 06 00 00 03 22 000a")  # a topic alias maximum of 10
PUBLISH = bytes.fromhex("30 0d 0009") + b"room/temp" + b"21"


@pytest.mark.parametrize(
    "case",
    [
        Case(CONNECT, STREAM, "CONNECT", CLIENT, "desk"),
        Case(CONNECT_5, STREAM, "CONNECT", CLIENT),
        Case(CONNECT_31, STREAM, "CONNECT", CLIENT, "desk"),
        Case(CONNACK, STREAM, "CONNACK", SERVER),
        Case(CONNACK_5, STREAM, "CONNACK", SERVER),
        Case(PUBLISH, MIDDLE, "PUBLISH", ANY_ROLE, "room/temp"),
        Case(b"\xc0\0", MIDDLE, "PING", CLIENT, grade=SPECULATIVE),
        Case(b"\xd0\0", MIDDLE, "PING", SERVER, grade=SPECULATIVE),
    ],
)
def test_packets_are_known(case: Case) -> None:
    """Three versions; the client's name or the topic is the label."""
    known(PROBE, case)


def test_a_connect_in_pieces_is_waited_for() -> None:
    """In its header, and in the protocol's name."""
    waits(PROBE, CONNECT[:3])
    waits(PROBE, CONNECT[:8])


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        (CONNECT, MIDDLE),
        (CONNECT[:8] + b"\x06" + CONNECT[9:], STREAM),  # version 6
        (CONNECT[:9] + b"\x03" + CONNECT[10:], STREAM),  # the reserved flag
        (CONNECT.replace(b"MQTT", b"MQTU"), STREAM),
        (CONNACK[:3] + b"\x06", STREAM),  # no such code
        (CONNACK + b"\0", STREAM),  # more than it says
        (PUBLISH + b"\0", MIDDLE),
        (PUBLISH.replace(b"/", b"#"), MIDDLE),  # a filter
        (b"\x36" + PUBLISH[1:], MIDDLE),  # QoS 3
        (b"\x10\xff\xff\xff\xff\xff" + CONNECT[2:], STREAM),  # a length that does not end
    ],
)
def test_near_misses_are_not_known(payload: bytes, context: int) -> None:
    """Fields out of range, lengths that do not fit, mid-stream."""
    unknown(PROBE, payload, context, 1)
