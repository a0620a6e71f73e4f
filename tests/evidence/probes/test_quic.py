"""QUIC: packets of RFC 9001's and RFC 9369's examples, opened; negotiation, Retry, Google's versions."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, FOLLOW, NO, SERVER, SPECULATIVE, START, UDP
from annotator.evidence.probes.quic import PROBE
from annotator.evidence.quic_initial import Q050, SALTS, T051, V1, V2, salt_of
from tests.evidence.probes.asking import Said, ask, confirms, nominated
from tests.evidence.probes.hellos import client_hello, extension, server_name

CONTEXT = UDP | START
CONNECTION = bytes.fromhex("8394c8f03e515708")  # RFC 9001 appendix A
# RFC 9001 appendix A.2: the CRYPTO frame of the client's Initial packet
CRYPTO = bytes.fromhex(
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868"
    "04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
    "616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
    "04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
    "baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400"
    "0d0010000e0403050306030203080408050806002d00020101001c0002400100"
    "3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
    "75300901100f088394c8f03e51570806048000ffff"
)


def protect(frames: bytes, version: int = V1, number: int = 2, size: int = 1162, length: int = 4) -> bytes:
    """Build a client's Initial packet with cryptography's own ciphers (RFC 9001 section 5), padded to `size` frames."""
    prefix = "quicv2 " if version == V2 else "quic "

    def expand(secret: bytes, label: str, count: int) -> bytes:
        text = b"tls13 " + label.encode()
        info = count.to_bytes(2, "big") + bytes([len(text)]) + text + b"\0"
        return HKDFExpand(SHA256(), count, info).derive(secret)

    extract = HMAC(bytes(SALTS[salt_of(version)].tolist()), SHA256())
    extract.update(CONNECTION)
    secret = expand(extract.finalize(), "client in", 32)
    key, iv, hp = (expand(secret, prefix + what, count) for what, count in (("key", 16), ("iv", 12), ("hp", 16)))
    plain = frames + bytes(size - len(frames))
    first = (0xD0 if version == V2 else 0xC0) | (length - 1)
    header = (
        bytes([first])
        + version.to_bytes(4, "big")
        + bytes([len(CONNECTION)])
        + CONNECTION
        + b"\0\0"
        + (0x4000 | (length + size + 16)).to_bytes(2, "big")
        + number.to_bytes(length, "big")
    )
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, plain, header)
    encryptor = Cipher(algorithms.AES(hp), modes.ECB()).encryptor()  # noqa: S305  # header protection is one block
    mask = encryptor.update(sealed[4 - length : 20 - length])
    protected = bytes(a ^ b for a, b in zip(header[-length:], mask[1:], strict=False))
    return bytes([first ^ (mask[0] & 0x0F)]) + header[1:-length] + protected + sealed


APPENDIX_A2 = protect(CRYPTO)
NAME = Said(CONFIRMED, CLIENT, "ClientHello in an Initial packet", "example.com")


def test_the_packet_is_that_of_the_appendix() -> None:
    """The builder's packet begins and ends as RFC 9001 appendix A.2 prints it."""
    assert len(APPENDIX_A2) == 1200
    assert APPENDIX_A2[:22].hex() == "c000000001088394c8f03e5157080000449e7b9aec34"
    assert APPENDIX_A2[-16:].hex() == "e221af44860018ab0856972e194cd934"


@pytest.mark.parametrize("version", [V1, V2, 0xFF00001D, 0xFF00001B, 0xFF000016, 0xFACEB002])
def test_the_server_name_is_read_out_of_the_initial_packet(version: int) -> None:
    """Keys follow from the version and the connection id alone."""
    packet = protect(CRYPTO, version)
    assert nominated(PROBE, packet, UDP)
    assert ask(PROBE, packet, CONTEXT) == NAME


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_packet_numbers_of_every_length_are_unmasked(length: int) -> None:
    assert ask(PROBE, protect(CRYPTO, length=length, number=7), CONTEXT) == NAME


def frame(hello: bytes, start: int, stop: int, kind: int = 6) -> bytes:
    """A CRYPTO frame with ``hello[start:stop]``; its numbers take two bytes each."""
    return (
        bytes([kind])
        + (0x4000 | start).to_bytes(2, "big")
        + (0x4000 | (stop - start)).to_bytes(2, "big")
        + hello[start:stop]
    )


HELLO = client_hello(extension(51, bytes(300)) + server_name("video.example.org") + extension(21, bytes(100)))


def test_scattered_frames_are_put_together() -> None:
    """CRYPTO frames out of order, with PING, PADDING and ACK between them, are one handshake message."""
    ack = bytes.fromhex("02 00 00 00 00")
    frames = frame(HELLO, 300, len(HELLO)) + b"\1\0\0" + ack + frame(HELLO, 0, 120) + b"\1" + frame(HELLO, 120, 300)
    assert ask(PROBE, protect(frames), CONTEXT).label == "video.example.org"


def test_a_part_of_a_hello_is_followed() -> None:
    """The datagram that lacks the name asks for the next; the one with the name is enough."""
    first = ask(PROBE, protect(frame(HELLO, 0, 200)), CONTEXT)
    assert (first.grade, first.basis, first.label, first.wishes) == (CONFIRMED, "client's Initial packet", "", FOLLOW)
    assert ask(PROBE, protect(frame(HELLO, 200, len(HELLO))), CONTEXT).label == "video.example.org"


def test_a_packet_that_was_cut_asks_for_nothing() -> None:
    """A short snap length cuts the next ones, too: no name would come of them."""
    whole = protect(frame(HELLO, 0, len(HELLO)))
    cut = ask(PROBE, whole[:130], CONTEXT, wire_length=len(whole))
    assert (cut.grade, cut.basis, cut.label, cut.wishes) == (CONFIRMED, "client's Initial packet", "", 0)


def test_google_versions_carry_their_own_frames_and_messages() -> None:
    """T051 has TLS, Q050 a CHLO of tags, both in frames of type 8."""
    assert ask(PROBE, protect(frame(HELLO, 0, len(HELLO), 8), T051), CONTEXT).label == "video.example.org"
    # CHLO, two tags: PAD to 4, SNI to 4 + 15
    chlo = b"CHLO" + bytes.fromhex("0200 0000") + b"PAD\0\4\0\0\0SNI\0\x13\0\0\0" + b"----www.example.org"
    assert ask(PROBE, protect(frame(chlo, 0, len(chlo), 8), Q050), CONTEXT).label == "www.example.org"
    # Q043: flags with version and id of eight bytes, id, version, packet number, hash, STREAM frame, message
    clear = b"\x09" + CONNECTION + b"Q043\1" + bytes(12) + b"\xa0\1\0\x40" + chlo
    assert nominated(PROBE, clear, UDP)
    assert ask(PROBE, clear, CONTEXT) == Said(CONFIRMED, CLIENT, "Google QUIC handshake message", "www.example.org")
    later = b"\x09" + CONNECTION + b"Q043\2" + bytes(range(60))
    assert ask(PROBE, later, CONTEXT) == Said(CONFIRMED, CLIENT, "Google QUIC public header", "")


# version 0, ids of 8 and 5 bytes, two versions (RFC 9000 section 17.2.1)
NEGOTIATION = b"\x8a\0\0\0\0\x08" + bytes(8) + b"\x05" + bytes(5) + bytes.fromhex("6b3343cf 00000001")
# RFC 9001 appendix A.4
RETRY = bytes.fromhex("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba")
# RFC 9001 appendix A.3: the server's Initial packet begins so, and holds 117 bytes behind its length
SERVER_INITIAL = bytes.fromhex("cf000000010008f067a5502a4262b5004075") + bytes(117)
RESERVED = b"\xc0\x1a\x2a\x3a\x4a\x08" + bytes(8) + b"\x08" + bytes(8) + b"\0\x44\x9a" + bytes(1178)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (NEGOTIATION, Said(CONFIRMED, SERVER, "version negotiation", "")),
        (RETRY, Said(CONFIRMED, SERVER, "Retry", "")),
        (SERVER_INITIAL, Said(CONFIRMED, ANY_ROLE, "long header", "")),
        (RESERVED, Said(CONFIRMED, CLIENT, "long header of a reserved version", "")),
        (RESERVED[:1] + b"\x77" + RESERVED[2:], Said(SPECULATIVE, ANY_ROLE, "long header of an unknown version", "")),
    ],
)
def test_other_long_headers_are_known(payload: bytes, said: Said) -> None:
    assert ask(PROBE, payload, CONTEXT) == said


@pytest.mark.parametrize(
    "payload",
    [
        b"\x45" + bytes(range(60)),  # a short header shows nothing
        SERVER_INITIAL[:-1],  # longer than its datagram
        SERVER_INITIAL[:5] + b"\x15" + SERVER_INITIAL[6:],  # an id of 21 bytes
        NEGOTIATION[:-8] + bytes.fromhex("11223344 55667788"),  # versions that nobody knows
        NEGOTIATION[:-1],
        b"\x09" + CONNECTION + b"Q0x3\1" + bytes(40),
        b"\x0b" + CONNECTION + b"Q043\1" + bytes(40),  # a public reset with a version
    ],
)
def test_near_misses_are_not_confirmed(payload: bytes) -> None:
    assert not confirms(PROBE, payload, CONTEXT)


def test_a_changed_packet_is_not_opened() -> None:
    """With another connection id the keys are others, and what they open is no handshake: the header alone is left."""
    foreign = APPENDIX_A2[:6] + b"\0" + APPENDIX_A2[7:]
    assert ask(PROBE, foreign, CONTEXT) == Said(CONFIRMED, ANY_ROLE, "long header", "")


def test_every_beginning_gives_an_answer() -> None:
    """Whatever the end cuts off, no load leaves the payload; the snap length leaves enough for the name."""
    for length in [*range(80), 200, 300, 1199]:
        assert ask(PROBE, APPENDIX_A2[:length], CONTEXT).grade in {NO, SPECULATIVE}
        assert ask(PROBE, APPENDIX_A2[:length], CONTEXT, 1200).grade in {NO, SPECULATIVE, CONFIRMED}
    assert ask(PROBE, APPENDIX_A2[:200], CONTEXT, 1200) == NAME
    for payload in (NEGOTIATION, RETRY, SERVER_INITIAL):
        for length in range(len(payload)):
            ask(PROBE, payload[:length], CONTEXT)
            ask(PROBE, payload[:length], CONTEXT, len(payload))
