"""PPP (RFC 1661, framing RFC 1662): from the first byte of a frame to an EtherType."""

from typing import Any

from annotator.decode import reasons
from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, u8

PPP_IPV4, PPP_IPV6, PPP_MPLS, PPP_MPLS_MULTICAST, PPP_BRIDGED = 0x0021, 0x0057, 0x0281, 0x0283, 0x0031
PPP_ENCRYPTED, PPP_ENCRYPTED_LINK, PPP_COMPRESSED, PPP_COMPRESSED_LINK = 0x0053, 0x0055, 0x00FD, 0x00FB
PPP_VJ, PPP_VJ_UNCOMPRESSED, PPP_MULTILINK, PPP_ROHC = 0x002D, 0x002F, 0x003D, 0x0003


@kernel
def ppp_ethertype(data: Any, i: int, end: int) -> tuple[int, int, int]:
    """Read a PPP header at `i`, address and control bytes or not: (EtherType, next byte, reason to stop)."""
    if end - i >= 2 and be16(data, i) == 0xFF03:
        i += 2
    if end - i < 1:
        return 0, i, reasons.LINK_TRUNCATED
    protocol = u8(data, i)
    if protocol & 1:  # an odd first byte is a compressed protocol field (RFC 1661 section 6.5)
        i += 1
    else:
        if end - i < 2:
            return 0, i, reasons.LINK_TRUNCATED
        protocol = be16(data, i)
        i += 2
    if protocol == PPP_IPV4:
        return 0x0800, i, reasons.NONE
    if protocol == PPP_IPV6:
        return 0x86DD, i, reasons.NONE
    if protocol in (PPP_MPLS, PPP_MPLS_MULTICAST):
        return 0x8847, i, reasons.NONE
    if protocol == PPP_BRIDGED and end - i >= 2 and u8(data, i + 1) == 1:  # RFC 3518: flags, then MAC type 1
        return 0x6558, i + 2, reasons.NONE
    if protocol == PPP_VJ_UNCOMPRESSED:  # RFC 1144: the IP protocol field holds a connection number
        return 0, i, reasons.COMPRESSED
    if protocol in (PPP_ENCRYPTED, PPP_ENCRYPTED_LINK):
        return 0, i, reasons.PPP_ENCRYPTED
    if protocol in (PPP_COMPRESSED, PPP_COMPRESSED_LINK, PPP_VJ, PPP_ROHC, PPP_MULTILINK):
        return 0, i, reasons.COMPRESSED
    return 0, i, reasons.LINK_CONTROL
