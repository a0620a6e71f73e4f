"""HMAC-SHA-256 and AES-128 against published vectors, and against the libraries that others use."""

import hmac
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.evidence.quic_crypto import encrypt_block, expand_key, hmac_sha256
from annotator.evidence.quic_initial import open_initial
from annotator.kernel.jit import kernel
from annotator.kernel.load import view


def numbers(raw: bytes, size: int = 0) -> np.ndarray:
    return np.array(list(raw) + [0] * (size - len(raw)), np.int64)


def zeros(size: int) -> np.ndarray:
    return np.zeros(size, np.int64)


def text(array: np.ndarray) -> bytes:
    return bytes(array.astype(np.uint8))


def encrypt(key: bytes, block: bytes) -> bytes:
    keys, out = np.zeros(44, np.int64), np.zeros(16, np.int64)
    expand_key(numbers(key), keys)
    encrypt_block(keys, numbers(block), out)
    return text(out)


def test_aes_is_that_of_fips_197() -> None:
    """FIPS 197 appendix C.1."""
    key, block = bytes(range(16)), bytes.fromhex("00112233445566778899aabbccddeeff")
    assert encrypt(key, block).hex() == "69c4e0d86a7b0430d8cdb78070b4c55a"


@settings(max_examples=25)
@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_aes_agrees_with_cryptography(key: bytes, block: bytes) -> None:
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305  # one block, as QUIC does
    assert encrypt(key, block) == encryptor.update(block)


@settings(max_examples=25)
@given(st.binary(max_size=48), st.binary(max_size=64))
def test_hmac_agrees_with_the_standard_library(message: bytes, key: bytes) -> None:
    out = np.zeros(32, np.int64)
    pads = np.zeros((2, 8), np.int64)
    for known in (False, True):
        key_bytes = zeros(64) if known else numbers(key, 64)
        hmac_sha256(zeros(8), zeros(256), zeros(64), pads, known, key_bytes, numbers(message), len(message), out)
        assert text(out) == hmac.digest(key, message, "sha256")


@kernel
def derive(packet: Any, keys: Any) -> None:
    """Try to open a packet, for the keys that takes."""
    open_initial(view(packet), 0, len(packet), 18, len(packet), keys)


def test_keys_are_those_of_the_rfcs() -> None:
    """RFC 9001 appendix A.1 and RFC 9369 appendix A.1: key, iv and hp of the client, from the same connection id."""
    connection = b"\x08" + bytes.fromhex("8394c8f03e515708")
    packet = b"\xc3\0\0\0\1" + connection + bytes(40)
    packet_2 = b"\xd3\x6b\x33\x43\xcf" + connection + bytes(40)

    def derived(raw: bytes) -> list[str]:
        keys = np.zeros((3, 64), np.int64)
        derive(np.frombuffer(raw, np.uint8), keys)
        return [text(keys[k])[:length].hex() for k, length in enumerate((16, 12, 16))]

    assert derived(packet) == [
        "1f369613dd76d5467730efcbe3b1a22d",
        "fa044b2f42a3fd3b46fb255c",
        "9f50449e04a0e810283a1e9933adedd2",
    ]
    assert derived(packet_2) == [
        "8b1a0bc121284290a29e0971b5cd045d",
        "91f73e2351d8fa91660e909f",
        "45b95e15235d6f45a6b19cbcb0294ba9",
    ]
