"""Link types that this package does not know and scapy does: scapy says where in a frame the IP header stands.

It is thousands of times slower than the kernels, so it is an issue with its count, and only so many packets of a
capture go this way. A frame is taken apart no farther than to what :mod:`annotator.decode.ethertype` goes on with.
"""

import logging
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.decode import reasons
from annotator.decode.ethertype import ARP, IPV4, IPV6, VLAN
from annotator.decode.llc import BRIDGED_ETHERNET
from annotator.model import PacketBatch

MOST_PACKETS: Final = 20_000
"""Packets of a capture that scapy is asked about: some ten seconds' work. The rest stop as not decoded."""
MOST_BYTES: Final = 256
"""Of a frame, that scapy is given: more than any link header has, and few enough for a bounded time."""
CONTROL: Final = 0
"""In place of an EtherType: a frame that carries none."""


@cache
def _layers() -> tuple[dict[int, Any], dict[Any, int]]:
    """Give scapy's classes by link type; and those at which to stop, with the EtherType of what stands there."""
    log = logging.getLogger("scapy.runtime")
    level = log.level
    log.setLevel(logging.ERROR)  # what it misses on this machine is no business of a capture's reader
    try:
        import scapy.layers.all  # noqa: F401  # it registers the classes
        from scapy.config import conf
        from scapy.layers import dot11, inet, inet6, l2
    finally:
        log.setLevel(level)
    here = {
        inet.IP: IPV4,
        inet6.IPv6: IPV6,
        l2.Ether: BRIDGED_ETHERNET,
        l2.Dot1Q: VLAN,
        l2.ARP: ARP,
        dot11.Dot11Elt: CONTROL,
    }
    return conf.l2types.num2layer, here


def known(link_type: int) -> bool:
    """Say whether scapy has a class for frames of `link_type`."""
    return link_type in _layers()[0]


def find_network(head: bytes, link_type: int) -> tuple[int, int, int]:
    """Have scapy take the first bytes of a frame apart: (EtherType, position of its payload, reason to stop).

    Whatever hostile bytes make scapy do, it is a stop.
    """
    classes, here = _layers()
    stop_at = tuple(here)
    try:
        layer = classes[link_type](head, stop_dissection_after=stop_at)
        while layer and not isinstance(layer, stop_at):
            layer = layer.payload
        if not layer:
            return 0, 0, reasons.ENCAPSULATION
        ethertype = next(number for kind, number in here.items() if isinstance(layer, kind))
        if ethertype == CONTROL:
            return 0, 0, reasons.LINK_CONTROL
        position = head.rfind(layer.original)  # the rest of the frame, less a trailer that its link may have
        if position < 0:  # scapy put it together from something else
            return 0, 0, reasons.ENCAPSULATION
    except Exception:  # scapy's layers raise anything at all on bytes that were made to
        return 0, 0, reasons.SCAPY_FAILED
    return ethertype, position, reasons.NONE


class ScapyStripper:
    """Strips what the kernels could not, for one capture."""

    def __init__(self) -> None:
        """Start with the whole allowance."""
        self._left = MOST_PACKETS

    def strip_rest(self, batch: PacketBatch, columns: NDArray[np.int64], keep: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Fill in `columns` (see :func:`annotator.decode.strip.strip`) where they stop at an unknown link type.

        Gives the numbers of the packets that scapy was asked about; where it knows no more, they are as they were.
        """
        asked = np.flatnonzero((columns[3] == reasons.LINK_TYPE) & keep)
        if not len(asked):
            return asked
        types = batch.link_type[asked]
        ours = [link_type for link_type in np.unique(types).tolist() if known(link_type)]
        asked = asked[np.isin(types, ours)][: self._left]
        self._left -= len(asked)
        for packet in asked.tolist():
            start = int(batch.offset[packet])
            end = start + int(batch.caplen[packet])
            head = batch.data[start : min(end, start + MOST_BYTES)].tobytes()
            ethertype, position, stop = find_network(head, int(batch.link_type[packet]))
            columns[:, packet] = ethertype, start + position, end, stop
        return asked
