"""Tests of the building blocks of messages."""

import pytest

from benchmarks.traffic.wire import integer, octets, oid, tlv


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (integer(0), "020100"),
        (integer(127), "02017f"),
        (integer(128), "02020080"),
        (integer(256), "02020100"),
        (octets("public"), "04067075626c6963"),
        (oid("1.3.6.1.2.1.1.1.0"), "06082b06010201010100"),
        (oid("1.2.840.113549"), "06062a864886f70d"),
        (tlv(0x30, bytes(200)), "3081c8" + "00" * 200),
        (tlv(0x30, bytes(300)), "3082012c" + "00" * 300),
    ],
)
def test_ber_is_encoded_as_x_690_says(made: bytes, expected: str) -> None:
    """Integers keep their sign bit free, lengths over 127 have a length of their own."""
    assert made.hex() == expected
