"""Local or remote, by networks in both versions."""

import ipaddress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import UsageError
from annotator.flow.scope import DEFAULT_LOCAL, Network, parse_networks, scopes
from annotator.model import Scope


def scope_of(address: str, networks: list[Network]) -> Scope:
    parsed = ipaddress.ip_address(address)
    number = int(parsed)
    result = scopes(
        np.array([parsed.version], np.uint8),
        np.array([number >> 64], np.uint64),
        np.array([number & (2**64 - 1)], np.uint64),
        networks,
    )
    return Scope(result[0])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.0.0.1", Scope.LOCAL),
        ("11.0.0.1", Scope.REMOTE),
        ("172.16.0.1", Scope.LOCAL),
        ("172.32.0.1", Scope.REMOTE),
        ("192.168.255.255", Scope.LOCAL),
        ("169.254.1.1", Scope.LOCAL),
        ("127.0.0.1", Scope.LOCAL),
        ("8.8.8.8", Scope.REMOTE),
        ("fe80::1", Scope.LOCAL),
        ("fd00::1", Scope.LOCAL),
        ("::1", Scope.LOCAL),
        ("2001:db8::1", Scope.REMOTE),
        ("::a00:1", Scope.REMOTE),  # the bits of 10.0.0.1, but IPv6
        ("febf:ffff::1", Scope.LOCAL),
        ("fec0::1", Scope.REMOTE),
    ],
)
def test_the_default_is_private_and_link_local(address: str, expected: Scope) -> None:
    """RFC 1918, 3927, 4193, 4291 and loopback."""
    assert scope_of(address, parse_networks(DEFAULT_LOCAL)) is expected


@given(
    networks=st.lists(
        st.one_of(
            st.tuples(st.ip_addresses(v=4).map(str), st.integers(0, 32)),
            st.tuples(st.ip_addresses(v=6).map(str), st.integers(0, 128)),
        ),
        max_size=4,
    ),
    addresses=st.lists(st.ip_addresses(), min_size=1, max_size=20),
)
def test_scopes_are_those_of_the_library(
    networks: list[tuple[str, int]], addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address]
) -> None:
    """Membership agrees with Python's ipaddress for every prefix length."""
    parsed = parse_networks([f"{address}/{length}" for address, length in networks])
    numbers = [int(address) for address in addresses]
    result = scopes(
        np.array([address.version for address in addresses], np.uint8),
        np.array([number >> 64 for number in numbers], np.uint64),
        np.array([number & (2**64 - 1) for number in numbers], np.uint64),
        parsed,
    )
    expected = [any(address in network for network in parsed) for address in addresses]
    assert (result == Scope.LOCAL).tolist() == expected


def test_a_bare_address_is_a_network_of_one() -> None:
    """Both versions, with spaces around."""
    networks = parse_networks([" 192.0.2.7 ", "2001:db8::7"])
    assert scope_of("192.0.2.7", networks) is Scope.LOCAL
    assert scope_of("192.0.2.6", networks) is Scope.REMOTE
    assert scope_of("2001:db8::7", networks) is Scope.LOCAL


@pytest.mark.parametrize("text", ["", "10.0.0.0/33", "localhost", "10.0.0.0/8,192.168.0.0/16", "fe80::%eth0/10x"])
def test_what_is_no_network_is_a_usage_error(text: str) -> None:
    """The message names it, and shows how one is written."""
    with pytest.raises(UsageError, match="not a network"):
        parse_networks([text])
