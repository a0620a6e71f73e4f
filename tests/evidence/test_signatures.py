"""The signature table names every protocol whose signature a payload fits, and no other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence.probe import (
    GROUP,
    LINK_LOCAL_GROUP,
    NOTHING,
    SCTP,
    TCP,
    UDP,
    Answer,
    Probe,
    Signature,
    anywhere,
    tcp,
    udp,
)
from annotator.evidence.probes import probes
from annotator.evidence.signatures import MOST_CANDIDATES, TRANSPORTS, SignatureTable, nominate, signature_table
from annotator.kernel.load import view


def never(data: object, i: int, end: int, finish: int, context: int) -> Answer:
    return NOTHING


def probe(*signatures: Signature) -> Probe:
    """Make a probe that has signatures only."""
    return Probe("made up", "", (), ("basis",), signatures, never)


def named(table: SignatureTable, payload: bytes, transport: int = TCP, more: int = 0, room: int = 64) -> list[int]:
    """Give the candidates of a payload that went on for `more` bytes; three foreign bytes stand before it."""
    data = np.frombuffer(b"\xa5\xa5\xa5" + payload, np.uint8)
    found = np.zeros(room, np.int64)
    count = nominate(*table, view(data), 3, len(data), len(data) + more, transport, found)
    named_ones: list[int] = found[:count].tolist()
    return named_ones


@pytest.mark.parametrize(
    ("signature", "payload", "transport", "more", "fits"),
    [
        (tcp(b"SSH-"), b"SSH-2.0", TCP, 0, True),
        (tcp(b"SSH-"), b"SSH-2.0", UDP, 0, False),
        (tcp(b"SSH-"), b"SSH", TCP, 0, False),
        (tcp(b"SSH-"), b"SSH", TCP, 9, False),  # cut by the snap length
        (anywhere(b"x"), b"x", SCTP, 0, True),
        (udp(b"\x40", mask=b"\xc0"), b"\x7f", UDP, 0, True),
        (udp(b"\x40", mask=b"\xc0"), b"\x80", UDP, 0, False),
        (tcp(b"\x00\x01", at=3), b"\xff\xff\xff\x00\x01", TCP, 0, True),
        (tcp(b"\x00\x01", at=3), b"\xff\xff\xff\x00", TCP, 0, False),
        (tcp(b"12345678", at=1), b"012345678", TCP, 0, True),
        (tcp(b"12345678", at=1), b"012345679", TCP, 0, False),
        (udp(b"a", shortest=4), b"abc", UDP, 0, False),
        (udp(b"a", shortest=4), b"abc", UDP, 1, True),  # lengths are those on the wire
        (udp(b"a", longest=4), b"abc", UDP, 2, False),
        (udp(b"a", longest=4), b"abcd", UDP, 0, True),
        (tcp(b"\x00", mask=b"\x00"), b"", TCP, 5, False),  # nothing captured names nothing
    ],
)
def test_a_signature_fits_or_not(signature: Signature, payload: bytes, transport: int, more: int, fits: bool) -> None:
    """Transport, place, mask and length."""
    assert named(signature_table((probe(signature),)), payload, transport, more) == ([0] if fits else [])


def test_candidates_are_named_once() -> None:
    """Two signatures of a probe that fit are one candidate."""
    table = signature_table((probe(tcp(b"a"), tcp(b"ab")), probe(udp(b"a")), probe(tcp(b"b", at=1))))
    assert sorted(named(table, b"abc")) == [0, 2]


def test_there_is_room_for_so_many() -> None:
    """Further candidates are left out, and nothing is written past the room."""
    table = signature_table(tuple(probe(tcp(b"a")) for _ in range(5)))
    assert named(table, b"a", room=3) == [0, 1, 2]


@pytest.mark.parametrize("signature", [tcp(b""), tcp(b"123456789"), tcp(b"ab", mask=b"\xff")])
def test_a_wrong_signature_is_refused(signature: Signature) -> None:
    """Of no bytes, of more than a word, or with another mask."""
    with pytest.raises(ValueError, match="made up"):
        signature_table((probe(signature),))


EVERYTHING = signature_table(probes())


@given(
    payload=st.binary(max_size=64),
    begins=st.integers(0, 10_000),
    transport=st.sampled_from((*TRANSPORTS, UDP | GROUP | LINK_LOCAL_GROUP)),
    more=st.sampled_from((0, 1, 500)),
)
def test_the_table_is_what_the_signatures_say(payload: bytes, begins: int, transport: int, more: int) -> None:
    """All of the real ones, against each signature tried by itself; and there is room for them all."""
    all_signatures = [signature for probe in probes() for signature in probe.signatures]
    chosen = all_signatures[begins % len(all_signatures)]
    if begins % 2:
        payload = payload[: chosen.at].ljust(chosen.at, b"\0") + chosen.value + payload

    def fits(signature: Signature) -> bool:
        here = payload[signature.at : signature.at + len(signature.value)]
        mask = signature.mask or b"\xff" * len(signature.value)
        return (
            bool(signature.transports & transport)
            and len(here) == len(mask)
            and all(a & m == b & m for a, b, m in zip(here, signature.value, mask, strict=True))
            and signature.shortest <= len(payload) + more <= signature.longest
            and not signature.needs & ~transport
        )

    expected = [k for k, probe in enumerate(probes()) if any(map(fits, probe.signatures))]
    assert sorted(named(EVERYTHING, payload, transport, more)) == expected


def test_few_candidates_are_named_for_any_first_byte() -> None:
    """Each costs a call: payloads of zeros, of ones and of text fit no more than there is room for."""
    for payload in (bytes(1400), b"\xff" * 1400, b"get " * 350, bytes(range(256)) * 5):
        for transport in TRANSPORTS:
            assert len(named(EVERYTHING, payload, transport)) <= MOST_CANDIDATES
