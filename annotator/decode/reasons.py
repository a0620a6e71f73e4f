"""Why decoding stopped, and what else was odd: the one table of both.

A *stop* is a packet of which no IP header was read; its class says why. Everything else is an issue of a packet
that was decoded all the same. Kernels count by code; reports show the names.
"""

from typing import Final, NamedTuple

from annotator.model import StopClass


class Reason(NamedTuple):
    """A row of the table."""

    name: str
    layer: str
    stop: StopClass | None
    """None: not a stop."""
    detail: str


NONE: Final = 0
ARP: Final = 1
LLC: Final = 2
ETHERTYPE: Final = 3
LINK_CONTROL: Final = 4
LINK_TYPE: Final = 5
ENCAPSULATION: Final = 6
MACSEC: Final = 7
LINK_TRUNCATED: Final = 8
IP_TRUNCATED: Final = 9
IP_VERSION: Final = 10
IP_HEADER_LENGTH: Final = 11
IP_LENGTH: Final = 12
UNDESCRIBED: Final = 13
IP_LENGTH_OVER_FRAME: Final = 14
TRANSPORT_TRUNCATED: Final = 15
EXTENSION_TRUNCATED: Final = 16
TCP_HEADER_LENGTH: Final = 17
UDP_LENGTH: Final = 18
TINY_FRAGMENT: Final = 19
FRAGMENT_ORPHAN: Final = 20
NO_TIME_STAMP: Final = 21
CAPLEN_OVER_ORIGLEN: Final = 22
VLAN_STACK: Final = 23
SNAP_CUT: Final = 24
REASONS_END: Final = 25

TABLE: Final[dict[int, Reason]] = {
    ARP: Reason("arp", "link", StopClass.NOT_IP, "ARP or RARP"),
    LLC: Reason("llc", "link", StopClass.NOT_IP, "an 802.2 LLC frame without IP (STP, CDP, IS-IS, ...)"),
    ETHERTYPE: Reason("ethertype", "link", StopClass.NOT_IP, "an EtherType that does not carry IP (LLDP, EAPOL, ...)"),
    LINK_CONTROL: Reason("link_control", "link", StopClass.NOT_IP, "the link's own control traffic"),
    LINK_TYPE: Reason("link_type", "link", StopClass.UNSUPPORTED, "a link type that is not decoded"),
    ENCAPSULATION: Reason("encapsulation", "link", StopClass.UNSUPPORTED, "an encapsulation that is not decoded"),
    MACSEC: Reason("macsec", "link", StopClass.ENCRYPTED, "802.1AE: the payload is encrypted"),
    LINK_TRUNCATED: Reason("link_truncated", "link", StopClass.TRUNCATED, "the frame ends inside its link header"),
    IP_TRUNCATED: Reason("ip_truncated", "ip", StopClass.TRUNCATED, "the frame ends inside its IP header"),
    IP_VERSION: Reason("ip_version", "ip", StopClass.MALFORMED, "the IP version is not what the link layer announced"),
    IP_HEADER_LENGTH: Reason("ip_header_length", "ip", StopClass.MALFORMED, "an IPv4 header length below 20"),
    IP_LENGTH: Reason("ip_length", "ip", StopClass.MALFORMED, "an IPv4 total length below the header's own length"),
    UNDESCRIBED: Reason(
        "undescribed", "file", StopClass.MALFORMED, "the packet's interface is not described in the file"
    ),
    IP_LENGTH_OVER_FRAME: Reason(
        "ip_length_over_frame", "ip", None, "the IP header declares more than the frame holds"
    ),
    TRANSPORT_TRUNCATED: Reason(
        "transport_truncated", "transport", None, "the packet ends inside its transport header"
    ),
    EXTENSION_TRUNCATED: Reason("extension_truncated", "ip", None, "the packet ends inside an IPv6 extension header"),
    TCP_HEADER_LENGTH: Reason("tcp_header_length", "transport", None, "a TCP data offset below 20 or past the segment"),
    UDP_LENGTH: Reason("udp_length", "transport", None, "a UDP length below 8 or past the IP payload"),
    TINY_FRAGMENT: Reason("tiny_fragment", "transport", None, "a first fragment without a whole transport header"),
    FRAGMENT_ORPHAN: Reason("fragment_orphan", "ip", None, "a later fragment whose first was not seen: no ports"),
    NO_TIME_STAMP: Reason("no_time", "file", None, "the record carries no time"),
    CAPLEN_OVER_ORIGLEN: Reason("caplen_over_origlen", "file", None, "more bytes stored than were on the wire"),
    VLAN_STACK: Reason("vlan_stack", "link", None, "more VLAN tags than are kept"),
    SNAP_CUT: Reason("snap_cut", "file", None, "packets are stored in part (snap length): payload may be missing"),
}

STOP_CLASS: Final = tuple(
    int(TABLE[code].stop) if code in TABLE and TABLE[code].stop is not None else -1  # type: ignore[arg-type]
    for code in range(REASONS_END)
)
"""Stop class by reason code, -1 for what is no stop."""
