"""DTLS: datagrams of records, and the handshake messages in the clear."""

import pytest

from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, SERVER, SPECULATIVE, START, UDP
from annotator.evidence.probes.dtls import PROBE
from tests.evidence.probes.asking import Said, ask, confirms, nominated, survives
from tests.evidence.probes.hellos import hello_body, server_body, server_name


def record(kind: int, body: bytes, epoch: int = 0, version: int = 0xFEFD) -> bytes:
    """Type, version, epoch, sequence number of 48 bits, length (RFC 6347 section 4.1)."""
    header = bytes([kind]) + version.to_bytes(2, "big") + epoch.to_bytes(2, "big") + (5).to_bytes(6, "big")
    return header + len(body).to_bytes(2, "big") + body


def message(kind: int, body: bytes, offset: int = 0, length: int | None = None) -> bytes:
    """Type, length, message number, fragment's offset and length (RFC 6347 section 4.2.2)."""
    part = body[offset : offset + (len(body) if length is None else length)]
    return (
        bytes([kind])
        + len(body).to_bytes(3, "big")
        + b"\0\0"
        + offset.to_bytes(3, "big")
        + len(part).to_bytes(3, "big")
        + part
    )


BODY = hello_body(server_name("phone.example.org"), b"\x33" * 20, 0xFEFD)
HELLO = record(22, message(1, BODY), version=0xFEFF)
VERIFY = record(22, message(3, bytes.fromhex("feff 04 01020304")))
SERVER_HELLO = record(22, message(2, server_body(b"", 0xFEFD))) + record(22, message(14, b""))
FRAGMENT = record(22, message(1, BODY, 0, 90))
APPLICATION = record(23, bytes(32), epoch=1)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (HELLO, Said(CONFIRMED, CLIENT, "ClientHello", "phone.example.org")),
        (VERIFY, Said(CONFIRMED, SERVER, "HelloVerifyRequest", "")),
        (SERVER_HELLO, Said(CONFIRMED, SERVER, "ServerHello", "")),
        (FRAGMENT, Said(CONFIRMED, CLIENT, "ClientHello", "")),
        (record(22, message(11, bytes(900), 300, 200)), Said(CONFIRMED, ANY_ROLE, "handshake record", "")),
        (APPLICATION, Said(CONFIRMED, ANY_ROLE, "chain of records", "")),
    ],
)
def test_datagrams_are_known(payload: bytes, said: Said) -> None:
    """Each kind of message is nominated, confirmed, and gives role, basis and label."""
    assert nominated(PROBE, payload, UDP)
    assert ask(PROBE, payload, UDP | START) == said


@pytest.mark.parametrize(
    "payload",
    [
        APPLICATION + b"\0",  # bytes behind the last record
        APPLICATION[:-1],  # the datagram ends before the record
        record(22, message(1, BODY)[:-4]),  # a message longer than its record
        record(22, message(3, bytes.fromhex("feff 09 01020304"))),  # a cookie that is longer than its message
        record(26, bytes(32)),
        b"\x16\xfe\xfc" + APPLICATION[3:],
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """Records that do not fill the datagram, or messages that do not fit their record, are no DTLS."""
    assert not confirms(PROBE, payload, UDP | START)


def test_what_the_snap_length_cuts_is_at_most_speculative() -> None:
    """Where the hello's suites are not stored, the record header alone speaks."""
    assert ask(PROBE, HELLO[:50], UDP | START, len(HELLO)).grade == SPECULATIVE


@pytest.mark.parametrize("payload", [HELLO, VERIFY, SERVER_HELLO, FRAGMENT, APPLICATION])
def test_every_beginning_gives_an_answer(payload: bytes) -> None:
    """Whatever the end cuts off, no load leaves the payload."""
    survives(PROBE, payload, UDP | START)
