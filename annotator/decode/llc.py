"""802.2 LLC and SNAP: from a length-field frame, an ATM or ring payload, to an EtherType."""

from typing import Any, Final

from annotator.kernel.jit import kernel
from annotator.kernel.load import be16, u8

NO_ETHERTYPE: Final = 0
"""What the header announces is no EtherType: STP, CDP, IS-IS, NetBEUI, ..."""
BRIDGED_ETHERNET: Final = 0x6558
"""Transparent Ethernet bridging, as an EtherType (RFC 1701): a whole Ethernet frame follows."""

OUI_ETHERNET, OUI_TUNNEL, OUI_BRIDGED = 0x000000, 0x0000F8, 0x0080C2


@kernel
def llc_ethertype(data: Any, i: int, end: int) -> tuple[int, int]:
    """Read an LLC header at `i`: (EtherType, next byte), or (NO_ETHERTYPE, i).

    SNAP with an EtherType (RFC 1042), with a bridged Ethernet frame (RFC 2684 section 5.2), and plain IP (SAP 6).
    """
    if end - i < 3:
        return NO_ETHERTYPE, i
    saps = be16(data, i)
    if saps == 0xAAAA and end - i >= 8 and u8(data, i + 2) == 3:
        organisation = (be16(data, i + 3) << 8) | u8(data, i + 5)
        identifier = be16(data, i + 6)
        if organisation == OUI_ETHERNET or organisation == OUI_TUNNEL:
            return identifier, i + 8
        if organisation == OUI_BRIDGED and identifier in (1, 7):  # with and without FCS, behind two bytes of padding
            return BRIDGED_ETHERNET, i + 10
        return NO_ETHERTYPE, i
    if saps == 0x0606 and u8(data, i + 2) == 3:
        return 0x0800, i + 3
    if saps == 0xFEFE and u8(data, i + 2) == 3 and end - i >= 4:  # routed ISO: an NLPID (RFC 2684 appendix B)
        if u8(data, i + 3) == 0xCC:
            return 0x0800, i + 4
        if u8(data, i + 3) == 0x8E:
            return 0x86DD, i + 4
    return NO_ETHERTYPE, i
