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
    short = low.astype(np.uint32)  # of IPv4 the whole address
    for network in networks:
        if network.version == 4:
            local |= (short & np.uint32(int(network.netmask))) == np.uint32(int(network.network_address))
    rows6 = np.flatnonzero(version == 6)  # most traffic has few
    local[rows6] = False
    high6, low6 = high[rows6], low[rows6]
    for network in networks:
        if network.version == 6:
            (high_address, low_address), (high_mask, low_mask) = map(
                _halves, (network.network_address, network.netmask)
            )
            local[rows6] |= ((high6 & high_mask) == high_address) & ((low6 & low_mask) == low_address)
    return np.where(local, np.uint8(Scope.LOCAL), np.uint8(Scope.REMOTE))


def _halves(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> tuple[np.uint64, np.uint64]:
    return np.uint64(int(address) >> 64), np.uint64(int(address) & (2**64 - 1))
