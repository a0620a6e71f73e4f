"""Which ICMP types pair as request and reply: the Community ID specification's tables.

Sources: RFC 792, 950, 1256 for IPv4; RFC 4443, 2710, 4861, 4620, 6275 for IPv6; the pairing is the one of the
Community ID specification (corelight/community-id-spec, version 1).
"""

from typing import Final

import numpy as np

ONE_WAY: Final = -1

PAIRS: Final = ((8, 0), (13, 14), (15, 16), (17, 18), (10, 9))
"""Echo, timestamp, information, address mask, router solicitation: (request, reply)."""
PAIRS6: Final = ((128, 129), (133, 134), (135, 136), (130, 131), (139, 140), (144, 145))
"""Echo, router and neighbour solicitation, MLD query, node information, home agent discovery."""


def _table(pairs: tuple[tuple[int, int], ...]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    table = np.full(256, ONE_WAY, np.int64)
    for request, reply in pairs:
        table[request] = reply
        table[reply] = request
    return table


PEER: Final = _table(PAIRS)
"""int64[256]: the type that answers an ICMP type, or is answered by it; ONE_WAY where none does."""
PEER6: Final = _table(PAIRS6)
"""The same for ICMPv6."""
