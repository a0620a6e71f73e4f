"""Local or remote: is an address inside the networks that the user calls local."""

import ipaddress
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.errors import UsageError
from annotator.model import Scope

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DEFAULT_LOCAL: Final = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)
"""Private (RFC 1918), link-local (RFC 3927, 4291), loopback and unique-local (RFC 4193) ranges."""


def parse_networks(texts: Sequence[str]) -> list[Network]:
    """Parse networks as ``10.0.0.0/8`` or ``2001:db8::/32``; a bare address is a network of one.

    Raises :class:`~annotator.errors.UsageError` naming the one that is none.
    """
    networks: list[Network] = []
    for text in texts:
        try:
            networks.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError:
            raise UsageError(f"--local {text}: not a network; write it as 10.0.0.0/8 or 2001:db8::/32") from None
    return networks


def scopes(
    version: NDArray[np.uint8], high: NDArray[np.uint64], low: NDArray[np.uint64], networks: Sequence[Network]
) -> NDArray[np.uint8]:
    """Give :class:`Scope` for each address, uint8[n]; `high` and `low` are the halves of the address."""
    local = np.zeros(len(version), np.bool_)
    for network in networks:
        address, mask = int(network.network_address), int(network.netmask)
        inside = (version == network.version) & (
            (low & np.uint64(mask & (2**64 - 1))) == np.uint64(address & (2**64 - 1))
        )
        if network.version == 6:
            inside &= (high & np.uint64(mask >> 64)) == np.uint64(address >> 64)
        local |= inside
    return np.where(local, np.uint8(Scope.LOCAL), np.uint8(Scope.REMOTE))
