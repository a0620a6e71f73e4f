"""Google's QUIC: versions, public headers and messages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence import quic_google
from annotator.kernel.load import view

# CHLO with two values, of which SNI ends at 4 + 15
MESSAGE = b"CHLO" + bytes.fromhex("0200 0000") + b"PAD\0\4\0\0\0SNI\0\x13\0\0\0" + b"----www.example.org"
HEADER = b"\x09" + bytes(8) + b"Q043\1" + bytes(12) + b"\xa0\1\0\x40"


_kept: list[object] = []


def window(payload: bytes) -> tuple[object, int, int]:
    """Give the view of a payload, which is kept: the view alone does not."""
    _kept[:] = [payload, array := np.frombuffer(payload or b"\0", np.uint8)]
    return view(array), 0, len(payload)


@pytest.mark.parametrize(
    ("word", "version"), [(b"Q043", 43), (b"T051", 51), (b"Q0a3", -1), (b"X043", -1), (b"\0\0\0\1", -1)]
)
def test_versions_are_two_digits(word: bytes, version: int) -> None:
    assert quic_google.google_version(window(word)[0], 0) == version


def test_a_message_tells_its_server_name() -> None:
    packet = HEADER + MESSAGE
    tag, at, length = quic_google.crypto_message(*window(packet))
    assert (tag, packet[at : at + length]) == (quic_google.CHLO, b"www.example.org")


@pytest.mark.parametrize(
    "message",
    [
        MESSAGE[:6] + b"\1" + MESSAGE[7:],  # bytes that are zero
        MESSAGE[:4] + b"\0\0" + MESSAGE[6:],  # no values
        MESSAGE[:12] + b"\xff" + MESSAGE[13:],  # ends that fall
        b"CHLX" + MESSAGE[4:],
    ],
)
def test_an_inconsistent_message_is_none(message: bytes) -> None:
    assert quic_google.crypto_message(*window(HEADER + message)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("packet", "shows"),
    [
        (HEADER + MESSAGE, True),
        (b"\x0d" + HEADER[1:] + MESSAGE, True),
        (b"\x08" + HEADER[1:] + MESSAGE, False),  # no version
        (b"\x0b" + HEADER[1:] + MESSAGE, False),  # a reset
        (HEADER[:9] + b"Q00x" + HEADER[13:], False),
        (HEADER[:20], False),
    ],
)
def test_a_public_header_shows_its_version(packet: bytes, shows: bool) -> None:
    assert quic_google.public_header(*window(packet)) == shows


@given(st.binary(max_size=60), st.integers(0, 60))
def test_any_change_gives_an_answer(change: bytes, at: int) -> None:
    packet = HEADER + MESSAGE
    packet = packet[:at] + change + packet[at + len(change) :]
    quic_google.crypto_message(*window(packet))
    quic_google.public_header(*window(packet))
