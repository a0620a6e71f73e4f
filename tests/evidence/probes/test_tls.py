"""TLS: hellos with their server name, chains of records, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, MORE, NO, SERVER, SPECULATIVE, START, TCP
from annotator.evidence.probes.tls import PROBE
from tests.evidence.probes.asking import Said, ask, confirms, nominated, survives
from tests.evidence.probes.hellos import client_hello, extension, server_hello, server_name


def record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return bytes([kind]) + version.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


HELLO = record(22, client_hello(server_name("files.example.org")), 0x0301)
ALPN_ONLY = record(22, client_hello(extension(16, bytes.fromhex("000c 02 6832 08 687474702f312e31"))))
# https://www.rfc-editor.org/rfc/rfc8448 section 3: the server's hello of the simple 1-RTT handshake
SERVER_HELLO_13 = bytes.fromhex(
    "16 0303 005a 02 000056 0303 a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928"
    "00 1301 00 002e 0033 0024 001d 0020 c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f"
    "002b 0002 0304"
)
SERVER_HELLO_12 = record(22, server_hello(b""))
# version 2 framing: length 0x8000 | 9 + 3 + 0 + 16, client hello, 3.1, one cipher spec, a challenge of 16
SSL2 = bytes.fromhex("801c 01 0301 0003 0000 0010 00002f") + bytes(range(16))
ALERT = bytes.fromhex("15 0303 0002 02 28")  # fatal, handshake_failure
CHANGE_AND_FINISHED = bytes.fromhex("14 0303 0001 01") + record(22, bytes(range(0x80, 0xA8)))
APPLICATION = record(23, bytes(range(40)))


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (HELLO, Said(CONFIRMED, CLIENT, "ClientHello", "files.example.org")),
        (ALPN_ONLY, Said(CONFIRMED, CLIENT, "ClientHello", "alpn h2,http/1.1")),
        (record(22, client_hello(b"")), Said(CONFIRMED, CLIENT, "ClientHello", "")),
        (SERVER_HELLO_13, Said(CONFIRMED, SERVER, "ServerHello, TLS 1.3", "")),
        (SERVER_HELLO_12, Said(CONFIRMED, SERVER, "ServerHello", "")),
        (SSL2, Said(CONFIRMED, CLIENT, "SSLv2 ClientHello", "")),
        (ALERT, Said(CONFIRMED, ANY_ROLE, "alert", "")),
    ],
)
def test_first_messages_tell_who_speaks(payload: bytes, said: Said) -> None:
    """Each published form is nominated, confirmed, and gives role, basis and label."""
    assert nominated(PROBE, payload)
    assert ask(PROBE, payload) == said


@pytest.mark.parametrize("payload", [CHANGE_AND_FINISHED, APPLICATION, APPLICATION + APPLICATION, ALERT])
def test_a_chain_that_ends_with_the_segment_is_confirmed_in_mid_stream(payload: bytes) -> None:
    """Records of sound headers whose lengths lead just to the end of the segment are no accident."""
    assert ask(PROBE, payload, TCP).grade == CONFIRMED


def test_a_large_record_is_speculative_in_mid_stream() -> None:
    """One header alone, of a record that goes on in later segments, shows 24 bits: a signature."""
    assert ask(PROBE, record(23, bytes(9000))[:1400], TCP).grade == SPECULATIVE


def test_a_hello_that_spans_segments_waits_for_its_name() -> None:
    """Cut by the segment before the name, more is asked for; cut by the snap length, what is there decides."""
    padded = record(22, client_hello(extension(21, bytes(600)) + server_name("late.example.org")))
    assert ask(PROBE, padded[:500]).grade == MORE
    assert ask(PROBE, padded[:500], wire_length=len(padded)) == Said(CONFIRMED, CLIENT, "ClientHello", "")
    assert ask(PROBE, padded) == Said(CONFIRMED, CLIENT, "ClientHello", "late.example.org")


@pytest.mark.parametrize("kept", [10, 20, 30, 42])
@pytest.mark.parametrize(
    ("whole", "role", "basis"), [(HELLO, CLIENT, "ClientHello"), (SERVER_HELLO_12, SERVER, "ServerHello")]
)
def test_a_hello_of_few_bytes_is_confirmed_by_its_lengths(whole: bytes, kept: int, role: int, basis: str) -> None:
    """Record and message end at one place, within the segment: cut by the snap length, it needs no more."""
    assert ask(PROBE, whole[:kept], wire_length=len(whole)) == Said(CONFIRMED, role, basis, "")
    assert ask(PROBE, whole[:kept], wire_length=len(whole) + 700).grade == CONFIRMED  # records behind it
    assert ask(PROBE, whole[:kept], wire_length=len(whole) - 1).grade == SPECULATIVE  # goes on in a later segment
    longer = whole[:4] + bytes([whole[4] + 1]) + whole[5:kept]  # a record that holds more than the message
    assert ask(PROBE, longer, wire_length=len(whole) + 700).grade == SPECULATIVE
    if kept > 9:
        version_7 = whole[:9] + b"\x07" + whole[10:kept]
        assert ask(PROBE, version_7, wire_length=len(whole)).grade == NO


@pytest.mark.parametrize(
    "payload",
    [
        HELLO[:3] + (5).to_bytes(2, "big") + HELLO[5:],  # a record too short for its chain
        HELLO[:9] + b"\x07" + HELLO[10:],  # version 7.3
        HELLO[:43] + b"\x21" + HELLO[44:],  # a session id of 33 bytes
        HELLO[:6] + b"\x10" + HELLO[7:],  # a hello of a million bytes
        SSL2[:1] + b"\x1d" + SSL2[2:],  # lengths do not add up
        bytes.fromhex("15 0303 0002 07 28"),  # an alert of level 7
        bytes.fromhex("14 0303 0001 02"),  # a change of ciphers to something else
        b"\x17\x03\x03\xff\xff" + bytes(60),  # a record longer than any
        b"\x16\x03\x09\x00\x10" + bytes(16),
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    """A wrong version, length or level is not taken for TLS."""
    assert not confirms(PROBE, payload)


@pytest.mark.parametrize("payload", [HELLO, SERVER_HELLO_13, SSL2, CHANGE_AND_FINISHED])
def test_every_beginning_gives_an_answer(payload: bytes) -> None:
    """Whatever the end cuts off, no load leaves the payload."""
    survives(PROBE, payload)
    survives(PROBE, payload, TCP)


@given(st.binary(min_size=1, max_size=80), st.integers(0, 200), st.booleans())
def test_changed_bytes_give_an_answer(change: bytes, at: int, start: bool) -> None:
    """A hello with foreign bytes in it is answered too."""
    payload = HELLO[: at % len(HELLO)] + change + HELLO[at % len(HELLO) + len(change) :]
    assert ask(PROBE, payload, TCP | START if start else TCP).grade in {NO, MORE, SPECULATIVE, CONFIRMED}
