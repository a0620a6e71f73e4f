"""SHA-256, HMAC and AES-128 against published vectors, and against the libraries that others use."""

import hashlib
import hmac

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.evidence.quic_crypto import encrypt_block, expand_key, hmac_sha256, sha256
from annotator.evidence.quic_initial import INFO_LENGTHS, INFOS, SALTS


def numbers(raw: bytes) -> np.ndarray:
    return np.array(list(raw), np.int64)


def text(array: np.ndarray) -> bytes:
    return bytes(array.astype(np.uint8))


def encrypt(key: bytes, block: bytes) -> bytes:
    out = np.zeros(16, np.int64)
    encrypt_block(expand_key(numbers(key)), numbers(block), out)
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
@given(st.binary(max_size=200), st.binary(max_size=64))
def test_hashes_agree_with_the_standard_library(message: bytes, key: bytes) -> None:
    assert text(sha256(numbers(message), len(message))) == hashlib.sha256(message).digest()
    assert text(hmac_sha256(numbers(key), numbers(message), len(message))) == hmac.digest(key, message, "sha256")


def test_keys_are_those_of_the_rfcs() -> None:
    """RFC 9001 appendix A.1 and RFC 9369 appendix A.1: key, iv and hp of the client, from the same connection id."""
    connection = numbers(bytes.fromhex("8394c8f03e515708"))

    def derived(salt: int, base: int) -> list[str]:
        initial = hmac_sha256(SALTS[salt], connection, 8)
        client = hmac_sha256(initial, INFOS[0], INFO_LENGTHS[0])
        keys = [text(hmac_sha256(client, INFOS[base + k], INFO_LENGTHS[base + k])) for k in range(3)]
        return [keys[0][:16].hex(), keys[1][:12].hex(), keys[2][:16].hex()]

    assert derived(0, 1) == [
        "1f369613dd76d5467730efcbe3b1a22d",
        "fa044b2f42a3fd3b46fb255c",
        "9f50449e04a0e810283a1e9933adedd2",
    ]
    assert derived(4, 4) == [
        "8b1a0bc121284290a29e0971b5cd045d",
        "91f73e2351d8fa91660e909f",
        "45b95e15235d6f45a6b19cbcb0294ba9",
    ]
