"""Hellos of TLS, walked through field by field."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence import hello
from annotator.kernel.load import view
from tests.evidence.probes.hellos import extension, hello_body, server_body, server_name

NAME = "a.example.org"
ALPN = extension(16, bytes.fromhex("000c 02 6832 08 687474702f312e31"))
FULL = hello_body(extension(10, b"\0\2\0\x1d") + ALPN + server_name(NAME))
SERVER = server_body(extension(43, b"\3\4"))


def client(body: bytes, stored: int | None = None, cookie: bool = False) -> tuple[int, bytes]:
    end = len(body) if stored is None else stored
    data = np.frombuffer(body[:end] or b"\0", np.uint8)  # outlives its view
    state, at, length = hello.client_hello(view(data), 0, end, len(body), cookie)
    return state, body[at : at + length]


def server(body: bytes, stored: int | None = None) -> tuple[int, int]:
    end = len(body) if stored is None else stored
    data = np.frombuffer(body[:end] or b"\0", np.uint8)  # as above
    return hello.server_hello(view(data), 0, end, len(body))


def test_the_name_is_found_and_the_alpn_list_without_one() -> None:
    assert client(FULL) == (hello.WHOLE, NAME.encode())
    assert client(hello_body(ALPN)) == (hello.WHOLE, b"\x02h2\x08http/1.1")
    assert client(hello_body(b"")) == (hello.WHOLE, b"")
    assert client(hello_body(server_name(NAME), b"cookie"), cookie=True) == (hello.WHOLE, NAME.encode())


def test_states_rise_with_what_is_there() -> None:
    """From too little to tell, over sound so far, to all; never down again, and never bad."""
    states = [client(FULL, stored)[0] for stored in range(len(FULL) + 1)]
    assert states == sorted(states)
    assert set(states) == {hello.SHORT, hello.FAR, hello.WHOLE}
    states = [server(SERVER, stored)[0] for stored in range(len(SERVER) + 1)]
    assert states == sorted(states)


@pytest.mark.parametrize(
    "body",
    [
        b"\x07" + FULL[1:],  # version 7
        FULL[:34] + b"\x21" + FULL[35:],  # a session id of 33
        FULL[:43] + b"\0\3" + FULL[45:],  # an odd length of suites
        FULL[:43] + b"\xff\xfe" + FULL[45:],  # more suites than there is room
        FULL[:49] + b"\0" + FULL[50:],  # no compression method
        FULL[:51] + b"\0\1" + FULL[53:],  # extensions that do not fill the hello
        FULL[:-1],
    ],
)
def test_inconsistent_lengths_are_bad(body: bytes) -> None:
    assert client(body)[0] == hello.BAD


def test_the_settled_version_is_told() -> None:
    """By supported_versions, else by the field of old."""
    assert server(SERVER) == (hello.WHOLE, 0x0304)
    assert server(server_body(b"")) == (hello.WHOLE, 0x0303)
    assert server(SERVER[:-1])[0] == hello.BAD
    assert server(SERVER[:69] + b"\x05" + SERVER[70:])[0] == hello.BAD  # compression method 5


@pytest.mark.parametrize(
    ("raw", "spelled"),
    [
        (b"a.example", "a.example"),
        (b"\x02h2\x03foo", "alpn h2,foo"),
        (b"", ""),
        (b"\x09cut", "alpn cut"),
        (b"\xffx", "\\xffx"),
    ],
)
def test_labels_are_spelled(raw: bytes, spelled: str) -> None:
    assert hello.label(raw) == spelled


@given(st.binary(max_size=30), st.integers(0, len(FULL)), st.booleans())
def test_any_change_gives_an_answer(change: bytes, at: int, cookie: bool) -> None:
    body = FULL[:at] + change + FULL[at + len(change) :]
    for stored in (len(body), at, len(body) // 2):
        client(body, stored, cookie)
        server(body, stored)
