"""``-f``: the filter language of tcpdump, compiled by libpcap and run over batches by a kernel of our own."""

from annotator.filter.packet_filter import PacketFilter
from annotator.filter.ports import registered_ports

__all__ = ["PacketFilter", "registered_ports"]
