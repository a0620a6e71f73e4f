"""Addresses to other addresses, so that what shared a prefix shares one of the same length afterwards.

Crypto-PAn (Fan, Xu, Ammar, Moon: *Prefix-preserving IP address anonymization*, Computer Networks 46, 2004): bit i of an
address is flipped or not by AES of the i bits before it. Without the key nobody can go back; with it the same address
always becomes the same one.

Two things are added. Ranges that say what an address is for (private, link-local, multicast, …) map onto themselves,
and nothing else maps into them: on the way to such a range no bit is flipped, so addresses beside one keep the bits
that they share with it. And what identifies nobody (loopback, the well-known groups of a link) stays as it is.
"""

from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.errors import UsageError

Bits = NDArray[np.uint8]

KEY_BYTES: Final = 32
"""AES-128's key, and 16 bytes that the pad is made of."""
CHUNK: Final = 4096
"""Addresses that are worked on at once: 4,096 IPv6 addresses take 8 MB of blocks."""

KEPT: Final[tuple[tuple[str, int], ...]] = (
    ("0.0.0.0/8", 32),  # this host (RFC 1122 section 3.2.1.3)
    ("10.0.0.0/8", 8),  # private (RFC 1918)
    ("100.64.0.0/10", 10),  # carrier-grade NAT (RFC 6598)
    ("127.0.0.0/8", 32),  # loopback
    ("169.254.0.0/16", 16),  # link-local (RFC 3927)
    ("172.16.0.0/12", 12),  # private
    ("192.168.0.0/16", 16),  # private
    ("224.0.0.0/4", 4),  # multicast (RFC 5771)
    ("224.0.0.0/24", 32),  # groups of the link: mDNS, OSPF, …
    ("239.0.0.0/8", 8),  # groups of an organisation (RFC 2365)
    ("239.255.255.250/32", 32),  # SSDP
    ("240.0.0.0/4", 4),  # reserved
    ("255.255.255.255/32", 32),  # broadcast
    ("::/127", 128),  # unspecified, and loopback
    ("::ffff:0:0/96", 96),  # IPv4 as IPv6
    ("64:ff9b::/96", 96),  # IPv4 behind a translator (RFC 6052)
    ("2000::/3", 3),  # global
    ("fc00::/7", 8),  # unique local (RFC 4193)
    ("fe80::/10", 64),  # link-local
    ("ff00::/8", 16),  # multicast, its flags and scope (RFC 4291 section 2.7)
    ("ff01::/112", 128),  # well-known groups of a node, a link and a site: all nodes, DHCP, mDNS, …
    ("ff02::/112", 128),
    ("ff02::1:0/112", 128),
    ("ff02::1:ff00:0/104", 104),  # solicited-node (RFC 4291 section 2.7.1)
    ("ff05::/112", 128),
    ("ff05::1:0/112", 128),
)
"""Network, and how many bits of its addresses stay as they are."""


class PrefixPreserving:
    """Anonymises addresses by one key."""

    def __init__(self, key: bytes, kept: tuple[tuple[str, int], ...] = KEPT) -> None:
        """Take a key of :data:`KEY_BYTES`.

        Raises:
            UsageError: the library with AES is not installed.
        """
        try:
            from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        except ImportError:
            raise UsageError("anonymising needs the library cryptography: pip install 'annotator[anonymize]'") from None
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key has {len(key)} bytes, not {KEY_BYTES}")
        # ECB is what Crypto-PAn asks for: single blocks through a permutation, no message
        self._cipher = Cipher(algorithms.AES(key[:16]), modes.ECB())  # noqa: S305
        self._pad = np.frombuffer(self._encrypt(key[16:]), np.uint8)
        self._kept = {
            version: [
                (_bits(np.frombuffer(network.network_address.packed, np.uint8)[None])[0, : network.prefixlen], keep)
                for network, keep in ((ip_network(text), keep) for text, keep in kept)
                if network.version == version
            ]
            for version in (4, 6)
        }

    def _encrypt(self, blocks: bytes) -> bytes:
        encryptor = self._cipher.encryptor()
        return encryptor.update(blocks) + encryptor.finalize()

    def ipv4(self, addresses: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Anonymise IPv4 addresses, (n,)."""
        octets = addresses.astype(">u4").view(np.uint8).reshape(-1, 4)
        return self._all(octets, 4).view(">u4").ravel().astype(np.uint32)

    def ipv6(self, addresses: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Anonymise IPv6 addresses, (n, 2) high and low halves."""
        octets = addresses.astype(">u8").view(np.uint8).reshape(-1, 16)
        made = self._all(octets, 6)
        inner = np.zeros(len(octets), np.bool_)  # what holds an IPv4 address holds the one that it becomes
        for text in ("::ffff:0:0/96", "64:ff9b::/96"):
            head = np.frombuffer(ip_network(text).network_address.packed[:12], np.uint8)
            inner |= (octets[:, :12] == head).all(axis=1)
        made[inner, 12:] = self._all(np.ascontiguousarray(octets[inner, 12:]), 4)
        return made.view(">u8").astype(np.uint64)

    def address(self, address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
        """Anonymise one address."""
        if isinstance(address, IPv4Address):
            return IPv4Address(int(self.ipv4(np.array([int(address)], np.uint32))[0]))
        halves = np.array([[int(address) >> 64, int(address) & (2**64 - 1)]], np.uint64)
        high, low = self.ipv6(halves)[0].tolist()
        return IPv6Address(high << 64 | low)

    def _all(self, octets: NDArray[np.uint8], version: int) -> NDArray[np.uint8]:
        made = np.empty_like(octets)
        for start in range(0, len(octets), CHUNK):
            made[start : start + CHUNK] = self._some(octets[start : start + CHUNK], version)
        return made

    def _some(self, octets: NDArray[np.uint8], version: int) -> NDArray[np.uint8]:
        bits = _bits(octets)
        count, length = bits.shape
        # bit i is decided by the i bits before it, and the pad from there on
        before = np.packbits(np.arange(length)[:, None] > np.arange(128)[None], axis=1)
        whole = np.zeros((count, 1, 16), np.uint8)
        whole[:, 0, : octets.shape[1]] = octets
        blocks = (whole & before) | (self._pad & ~before)
        flips = np.frombuffer(self._encrypt(blocks.tobytes()), np.uint8).reshape(count, length, 16)[:, :, 0] >> 7
        return np.packbits(bits ^ np.where(self._stays(bits, version), 0, flips).astype(np.uint8), axis=1)

    def _stays(self, bits: Bits, version: int) -> NDArray[np.bool_]:
        """Say which bits are not flipped: those on the way to a kept range, and those that are kept within one."""
        stays = np.zeros(bits.shape, np.bool_)
        for prefix, keep in self._kept[version]:
            along = np.cumprod(bits[:, : len(prefix)] == prefix, axis=1).astype(np.bool_)
            stays[:, 0] = True
            stays[:, 1 : len(prefix)] |= along[:, :-1]
            stays[:, len(prefix) : keep] |= along[:, -1:]
        return stays


def _bits(octets: NDArray[np.uint8]) -> Bits:
    """Give the bits of (n, k) octets, (n, 8 k), the highest first."""
    return np.unpackbits(octets, axis=1)
