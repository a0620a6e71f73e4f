"""Addresses of a flow table as dense codes, and their text: each address is written once, and only when asked for."""

from dataclasses import dataclass, field
from socket import AF_INET, AF_INET6, inet_ntop

import numpy as np
from numpy.typing import NDArray

from annotator.distinct import distinct
from annotator.model import Flows

Integers = NDArray[np.int64]


def address_text(version: int, high: int, low: int) -> str:
    """Write one address: dotted IPv4, or IPv6 as RFC 5952 section 4 wants it."""
    if version == 4:
        return inet_ntop(AF_INET, low.to_bytes(4, "big"))
    return inet_ntop(AF_INET6, high.to_bytes(8, "big") + low.to_bytes(8, "big"))


@dataclass(frozen=True, slots=True)
class Addresses:
    """The k different addresses of a flow table, numbered 0..k-1 in numeric order, IPv4 before IPv6."""

    ipv4: NDArray[np.uint32]
    """The IPv4 addresses: codes 0..len-1."""
    ipv6: NDArray[np.uint64]
    """(m, 2) high and low halves of the IPv6 addresses: the codes after them."""
    initiator: Integers
    """(n,) code of each flow's initiator."""
    responder: Integers
    """(n,) code of each flow's responder."""
    _texts: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ipv4) + len(self.ipv6)

    def text(self, code: int) -> str:
        """Write the address of one code."""
        known = self._texts.get(code)
        if known is None:
            if code < len(self.ipv4):
                known = address_text(4, 0, int(self.ipv4[code]))
            else:
                high, low = self.ipv6[code - len(self.ipv4)].tolist()
                known = address_text(6, high, low)
            self._texts[code] = known
        return known

    def texts(self) -> list[str]:
        """Write all addresses, in order of their codes."""
        packed4 = self.ipv4.astype(">u4").tobytes()
        packed6 = self.ipv6.astype(">u8").tobytes()
        words = [inet_ntop(AF_INET, packed4[i : i + 4]) for i in range(0, len(packed4), 4)]
        words += [inet_ntop(AF_INET6, packed6[i : i + 16]) for i in range(0, len(packed6), 16)]
        return words


def number_addresses(flows: Flows) -> Addresses:
    """Number the addresses of both ends of all flows."""
    flow_count = len(flows)
    low = np.concatenate((flows.initiator_lo, flows.responder_lo))
    is6 = flows.version == 6
    if not is6.any():
        ipv4, codes = distinct(low.astype(np.uint32))
        return Addresses(ipv4, np.empty((0, 2), np.uint64), codes[:flow_count], codes[flow_count:])
    codes = np.empty(2 * flow_count, np.int64)
    six = np.concatenate((is6, is6))
    ipv4, codes[~six] = distinct(low[~six].astype(np.uint32))
    rows6 = np.flatnonzero(six)
    high6, of_high = distinct(np.concatenate((flows.initiator_hi, flows.responder_hi))[rows6])
    low6, of_low = distinct(low[rows6])
    pairs, of_pair = distinct(of_high * len(low6) + of_low)
    codes[rows6] = len(ipv4) + of_pair
    of_high, of_low = np.divmod(pairs, len(low6))
    ipv6 = np.stack((high6[of_high], low6[of_low]), axis=1)
    return Addresses(ipv4, ipv6, codes[:flow_count], codes[flow_count:])
