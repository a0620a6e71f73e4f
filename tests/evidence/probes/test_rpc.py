"""Tests of the rpc probe."""

import pytest

from annotator.evidence.probe import ANNOUNCE, CLIENT, SERVER, SPECULATIVE
from annotator.evidence.probes.rpc import PROBE
from tests.evidence.probes.cases import DATAGRAM, MIDDLE, STREAM, Case, known, unknown, waits
from tests.evidence.probes.rpc_messages import call, record, reply, words

GETPORT = call(100000, 2, 3, words(100003, 3, 6, 0))
MOUNT = call(100005, 3, 1)
OTHER = call(0x20001234, 1, 0)
PORT = reply(2049)
DUMP = reply(1, 100003, 3, 6, 2049, 1, 100005, 3, 17, 20048, 0)
DENIED = words(0x1C2D3E4F, 1, 1, 1, 5)


@pytest.mark.parametrize(
    "case",
    [
        Case(GETPORT, DATAGRAM, "call", CLIENT, "portmap"),
        Case(MOUNT, DATAGRAM, "call", CLIENT, "mountd"),
        Case(OTHER, DATAGRAM, "call", CLIENT, "program 536875572"),
        Case(record(MOUNT), STREAM, "call", CLIENT, "mountd"),
        Case(record(MOUNT), MIDDLE, "call", CLIENT, "mountd"),
        Case(PORT, DATAGRAM, "reply", SERVER, grade=SPECULATIVE, wishes=ANNOUNCE),
        Case(DUMP, DATAGRAM, "reply", SERVER, grade=SPECULATIVE, wishes=ANNOUNCE),
        Case(record(PORT), STREAM, "reply", SERVER, grade=SPECULATIVE, wishes=ANNOUNCE),
        Case(DENIED, DATAGRAM, "reply", SERVER, grade=SPECULATIVE),
    ],
)
def test_messages_are_known(case: Case) -> None:
    """Calls name their program; replies name none, and are a guess."""
    known(PROBE, case)


def test_a_port_mappers_reply_announces_ports() -> None:
    """GETPORT does not say of which transport; DUMP does."""
    assert PROBE.announced is not None
    assert PROBE.announced(PORT) == [("", "tcp", 2049), ("", "udp", 2049)]
    assert PROBE.announced(record(PORT)) == PROBE.announced(PORT)
    assert PROBE.announced(DUMP) == [("", "tcp", 2049), ("", "udp", 20048)]
    assert PROBE.announced(reply(0)) == []
    for length in range(len(DUMP)):
        PROBE.announced(DUMP[:length])


def test_a_call_in_pieces_is_waited_for() -> None:
    """The credential's length decides."""
    waits(PROBE, record(MOUNT)[:30])


@pytest.mark.parametrize(
    "payload",
    [
        call(99999, 1, 0),  # no assigned program
        call(100003, 3, 0),  # NFS has its own probe
        MOUNT[:24] + words(77) + MOUNT[28:],  # no such flavor
        MOUNT[:28] + words(4000) + MOUNT[32:],  # a credential of 4,000 bytes
        reply()[:20] + b"\0",
    ],
)
def test_near_misses_are_not_known(payload: bytes) -> None:
    """Fields out of range."""
    unknown(PROBE, payload, DATAGRAM, 0)
