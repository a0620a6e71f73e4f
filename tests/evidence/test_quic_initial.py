"""QUIC's numbers, headers and frames; what is inside real packets is the QUIC probe's test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence import quic_initial
from annotator.kernel.load import view

# RFC 9001 appendix A.3: the server's Initial packet, up to its packet number
SERVER_INITIAL = bytes.fromhex("cf 00000001 00 08 f067a5502a4262b5 00 4075") + bytes(117)


_kept: list[object] = []


def window(payload: bytes) -> tuple[object, int, int]:
    """Give the view of a payload, which is kept: the view alone does not."""
    _kept[:] = [payload, array := np.frombuffer(payload or b"\0", np.uint8)]
    return view(array), 0, len(payload)


@pytest.mark.parametrize(
    ("raw", "value"),
    # RFC 9000 appendix A.1
    [
        ("c2197c5eff14e88c", 151288809941952652),
        ("9d7f3e7d", 494878333),
        ("7bbd", 15293),
        ("25", 37),
        ("4025", 37),
    ],
)
def test_numbers_are_those_of_the_rfc(raw: str, value: int) -> None:
    payload = bytes.fromhex(raw)
    assert quic_initial.varint(*window(payload)) == (value, len(payload))
    assert quic_initial.varint(*window(payload[:-1]))[1] == -1


@pytest.mark.parametrize(
    ("version", "known"),
    [
        (1, True),
        (0x6B3343CF, True),
        (0x709A50C4, True),
        (0xFF00001D, True),
        (0xFF000022, True),
        (0xFF000014, False),  # draft 20
        (0xFF000023, False),
        (0x51303530, True),
        (0xFACEB002, True),
        (0, False),
        (0x1A2A3A4A, False),
    ],
)
def test_versions_have_their_salts(version: int, known: bool) -> None:
    salt = quic_initial.salt_of(version)
    assert (salt >= 0) == known
    assert salt < len(quic_initial.SALTS)


def test_a_long_header_leads_to_its_packet_number() -> None:
    assert quic_initial.long_header(*window(SERVER_INITIAL)) == (18, 135, 16)


@pytest.mark.parametrize(
    "payload",
    [
        SERVER_INITIAL[:5] + b"\x15" + SERVER_INITIAL[6:],  # an id of 21 bytes
        SERVER_INITIAL[:6] + b"\x15" + SERVER_INITIAL[7:],
        SERVER_INITIAL[:16],
        SERVER_INITIAL[:15] + b"\x7f\xff" + SERVER_INITIAL[17:],  # a token past the end
        SERVER_INITIAL[:16] + b"\x03" + bytes(60),  # no room for number and sample
    ],
)
def test_an_inconsistent_header_is_none(payload: bytes) -> None:
    assert quic_initial.long_header(*window(payload))[0] == -1


def gathered(frames: bytes, whole: bool = True) -> tuple[bytes, bool]:
    stream, filled = np.zeros(64, np.uint8), np.zeros(64, np.uint8)
    numbers = np.array(list(frames), np.int64)
    most, sound = quic_initial.gather_crypto(numbers, whole, quic_initial.CRYPTO, stream, filled)
    assert not stream[filled == 0].any()
    return stream[:most].tobytes(), sound


@pytest.mark.parametrize(
    ("frames", "stream"),
    [
        ("06 00 03 616263 0000 01", b"abc"),
        ("06 03 02 6465 06 00 03 616263", b"abcde"),
        ("02 05 00 01 02 03 04 06 00 01 61", b"a"),  # ACK with one range besides the first
        ("03 05 00 00 02 01 01 01 06 00 01 61", b"a"),  # ACK with ECN counts
        ("06 00 01 61 1c 00 06 00", b"a"),  # the reason of CONNECTION_CLOSE is not looked at
    ],
)
def test_frames_are_put_at_their_places(frames: str, stream: bytes) -> None:
    assert gathered(bytes.fromhex(frames)) == (stream, True)


@pytest.mark.parametrize(
    "frames",
    ["08 00 01 61", "06 00 05 61", "06 00", "06 4040 01 61", "02 05 00 7fff", "1e", "ff"],
)
def test_other_frames_are_unsound(frames: str) -> None:
    """What no Initial packet holds, or what its end cuts off, comes from wrong keys."""
    payload = bytes.fromhex(frames)
    assert not gathered(payload)[1] or payload[:3] == b"\x06\x40\x40"
    gathered(payload, whole=False)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("ff 0000 0010 000e 00 000b" + b"example.com".hex() + "ff", b"example.com"),
        ("ff 0000 0010 000e 00 000b" + b"example\0com".hex() + "ff", b""),
        ("ff 0000 0010 000e 00 000a" + b"example.com".hex() + "ff", b""),
        ("ff 0000 0010 000e 00 000b" + b"example.c".hex(), b""),
        ("", b""),
    ],
)
def test_a_name_is_found_in_a_part_of_a_hello(part: str, name: bytes) -> None:
    payload = bytes.fromhex(part)
    at, length = quic_initial.find_server_name(*window(payload))
    assert payload[at : at + length] == name


@given(st.binary(max_size=80))
def test_any_bytes_give_an_answer(payload: bytes) -> None:
    quic_initial.varint(*window(payload))
    quic_initial.long_header(*window(payload))
    quic_initial.find_server_name(*window(payload))
    gathered(payload)
    gathered(payload, whole=False)
