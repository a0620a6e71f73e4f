"""Crypto-PAn, held against published values, and the ranges that stay recognisable."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.prefix_preserving import KEPT, PrefixPreserving

# the key and the trace that come with the reference implementation of Crypto-PAn 1.0
KEY = bytes.fromhex("15 22 17 8d 33 a4 cf 80 13 0a 5b 16 49 90 7d 10 d8 98 8f 83 79 79 65 27 62 57 4c 2d 2a 84 22 02")
PUBLISHED = {
    "128.11.68.132": "135.242.180.132",
    "129.118.74.4": "134.136.186.123",
    "130.132.252.244": "133.68.164.234",
    "141.223.7.43": "141.167.8.160",
    "141.233.145.108": "141.129.237.235",
    "152.163.225.39": "151.140.114.167",
}
BY = PrefixPreserving(KEY)


@pytest.mark.parametrize("address", PUBLISHED)
def test_published_values(address: str) -> None:
    """Without kept ranges it is Crypto-PAn to the bit."""
    assert str(PrefixPreserving(KEY, ()).address(ip_address(address))) == PUBLISHED[address]


def shared(one: int, other: int, length: int) -> int:
    """Count the leading bits that two addresses share."""
    return length - (one ^ other).bit_length()


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_ipv4_prefixes_are_preserved(one: int, noise: int, length: int) -> None:
    """Two addresses share as many leading bits afterwards as before, so no two become one."""
    other = (one & ~((1 << (32 - length)) - 1)) | (noise & ((1 << (32 - length)) - 1))
    made = [int(BY.address(IPv4Address(address))) for address in (one, other)]
    assert shared(*made, 32) == shared(one, other, 32)


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1), st.integers(0, 128))
def test_ipv6_prefixes_are_preserved(one: int, noise: int, length: int) -> None:
    """The same; addresses that hold an IPv4 address follow that one."""
    other = (one & ~((1 << (128 - length)) - 1)) | (noise & ((1 << (128 - length)) - 1))
    made = [int(BY.address(IPv6Address(address))) for address in (one, other)]
    assert shared(*made, 128) == shared(one, other, 128)


@given(st.sampled_from(KEPT), st.integers(0, 2**128 - 1), st.binary(min_size=32, max_size=32))
def test_what_an_address_is_for_stays_visible(kept: tuple[str, int], noise: int, key: bytes) -> None:
    """An address is in a kept range afterwards if, and only if, it was before; its kept bits are the same."""
    by = PrefixPreserving(key)
    network = ip_network(kept[0])
    inside = network[noise % network.num_addresses]
    made = by.address(inside)
    assert made in ip_network((inside, kept[1]), strict=False)
    anywhere = type(inside)(noise & ((1 << inside.max_prefixlen) - 1))
    for text, _ in KEPT:
        other = ip_network(text)
        if other.version == anywhere.version:
            assert (anywhere in other) == (by.address(anywhere) in other)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.251", "239.255.255.250", "::", "::1", "ff02::fb", "ff02::1:2"],  # noqa: S104 (an address to look at)
)
def test_what_identifies_nobody_stays(address: str) -> None:
    """Loopback, broadcast, well-known groups."""
    assert str(BY.address(ip_address(address))) == address


def test_addresses_in_addresses_agree() -> None:
    """IPv4-mapped and translated addresses hold what the IPv4 address becomes."""
    inner = BY.address(ip_address("192.0.2.7"))
    assert BY.address(ip_address("::ffff:192.0.2.7")) == ip_address(f"::ffff:{inner}")
    assert BY.address(ip_address("64:ff9b::192.0.2.7")) == ip_address(f"64:ff9b::{inner}")


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    """In pieces or alone, in any order; none at all is no trouble."""
    addresses = np.arange(0xC6336400, 0xC6336400 + 5000, dtype=np.uint32)
    made = BY.ipv4(addresses)
    assert len(set(made.tolist())) == 5000
    assert made[4500] == int(BY.address(IPv4Address(int(addresses[4500]))))
    assert (BY.ipv4(addresses[::-1]) == made[::-1]).all()
    assert len(BY.ipv4(addresses[:0])) == 0
    assert BY.ipv6(np.empty((0, 2), np.uint64)).shape == (0, 2)


def test_keys_differ_and_have_a_length() -> None:
    """Another key makes other addresses."""
    other = PrefixPreserving(KEY[::-1])
    assert BY.address(ip_address("192.0.2.7")) != other.address(ip_address("192.0.2.7"))
    with pytest.raises(ValueError, match="31 bytes"):
        PrefixPreserving(KEY[1:])
