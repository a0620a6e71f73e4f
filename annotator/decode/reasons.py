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
LINK_NOT_IP: Final = 5
LINK_TYPE: Final = 6
LINK_FAMILY: Final = 7
ENCAPSULATION: Final = 8
COMPRESSED: Final = 9
WIFI_FRAGMENT: Final = 10
MACSEC: Final = 11
WIFI_PROTECTED: Final = 12
PPP_ENCRYPTED: Final = 13
LINK_TRUNCATED: Final = 14
BAD_FCS: Final = 15
IP_TRUNCATED: Final = 16
IP_VERSION: Final = 17
IP_HEADER_LENGTH: Final = 18
IP_LENGTH: Final = 19
UNDESCRIBED: Final = 20
IP_LENGTH_OVER_FRAME: Final = 21
TRANSPORT_TRUNCATED: Final = 22
EXTENSION_TRUNCATED: Final = 23
TCP_HEADER_LENGTH: Final = 24
UDP_LENGTH: Final = 25
TINY_FRAGMENT: Final = 26
FRAGMENT_ORPHAN: Final = 27
FRAGMENT_OVERLAP: Final = 28
ESP: Final = 29
TUNNEL_INNER: Final = 30
TUNNEL_DEPTH: Final = 31
NO_TIME_STAMP: Final = 32
CAPLEN_OVER_ORIGLEN: Final = 33
SNAP_CUT: Final = 34
WIFI_AGGREGATE: Final = 35
BY_SCAPY: Final = 36
SCAPY_FAILED: Final = 37
LINK_PROTECTED: Final = 38
REASONS_END: Final = 39
RARE: Final = -1
"""No reason: the kernel for plain packets asks for the one that knows everything."""

TABLE: Final[dict[int, Reason]] = {
    ARP: Reason("arp", "link", StopClass.NOT_IP, "ARP or RARP"),
    LLC: Reason("llc", "link", StopClass.NOT_IP, "an 802.2 LLC frame without IP (STP, CDP, IS-IS, ...)"),
    ETHERTYPE: Reason("ethertype", "link", StopClass.NOT_IP, "an EtherType that does not carry IP (LLDP, EAPOL, ...)"),
    LINK_CONTROL: Reason("link_control", "link", StopClass.NOT_IP, "the link's own control traffic"),
    LINK_NOT_IP: Reason(
        "link_not_ip", "link", StopClass.NOT_IP, "a link type that never carries IP (USB, Bluetooth, CAN, ...)"
    ),
    LINK_TYPE: Reason("link_type", "link", StopClass.UNSUPPORTED, "a link type that is not decoded"),
    LINK_FAMILY: Reason("link_family", "link", StopClass.UNSUPPORTED, "an address family that is not known"),
    ENCAPSULATION: Reason("encapsulation", "link", StopClass.UNSUPPORTED, "an encapsulation that is not decoded"),
    COMPRESSED: Reason("compressed", "link", StopClass.UNSUPPORTED, "compressed headers, or a multilink fragment"),
    WIFI_FRAGMENT: Reason("wifi_fragment", "link", StopClass.UNSUPPORTED, "a later fragment of an 802.11 frame"),
    MACSEC: Reason("macsec", "link", StopClass.ENCRYPTED, "802.1AE: the payload is encrypted"),
    WIFI_PROTECTED: Reason("wifi_protected", "link", StopClass.ENCRYPTED, "802.11 protected frame (WEP, WPA)"),
    LINK_PROTECTED: Reason(
        "link_protected", "link", StopClass.ENCRYPTED, "the link's own security (802.15.4): the payload is encrypted"
    ),
    PPP_ENCRYPTED: Reason("ppp_encrypted", "link", StopClass.ENCRYPTED, "PPP encryption (RFC 1968)"),
    LINK_TRUNCATED: Reason("link_truncated", "link", StopClass.TRUNCATED, "the frame ends inside its link header"),
    BAD_FCS: Reason("bad_fcs", "link", StopClass.MALFORMED, "the receiver marked the frame as damaged"),
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
    FRAGMENT_OVERLAP: Reason(
        "fragment_overlap", "ip", None, "fragments of a datagram that overlap, and are not the same"
    ),
    ESP: Reason("esp", "ip", None, "IPsec ESP: what is inside is encrypted; the flow has no ports"),
    TUNNEL_INNER: Reason("tunnel_inner", "tunnel", None, "a tunnel whose inner packet cannot be decoded"),
    TUNNEL_DEPTH: Reason("tunnel_depth", "tunnel", None, "tunnels nested deeper than is followed"),
    NO_TIME_STAMP: Reason("no_time", "file", None, "the record carries no time"),
    CAPLEN_OVER_ORIGLEN: Reason("caplen_over_origlen", "file", None, "more bytes stored than were on the wire"),
    SNAP_CUT: Reason("snap_cut", "file", None, "packets are stored in part (snap length): payload may be missing"),
    BY_SCAPY: Reason("by_scapy", "link", None, "a link type that only scapy knows: its slow path was taken"),
    SCAPY_FAILED: Reason(
        "scapy_failed", "link", StopClass.MALFORMED, "scapy could not take apart a link type that only it knows"
    ),
    WIFI_AGGREGATE: Reason("wifi_aggregate", "link", None, "an 802.11 frame of more packets than are followed"),
}

STOP_CLASS: Final = tuple(
    int(stop) if (stop := TABLE[code].stop if code in TABLE else None) is not None else -1
    for code in range(REASONS_END)
)
"""Stop class by reason code, -1 for what is no stop."""
