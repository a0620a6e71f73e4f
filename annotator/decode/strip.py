"""Link types beyond the plain ones: one kernel strips them all, compiled when a capture first needs it."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.decode import reasons
from annotator.decode.link import PLAIN
from annotator.decode.pseudo import (
    dsa_frame,
    enc_frame,
    erf_frame,
    inner_link,
    ipnet_frame,
    juniper_frame,
    looks_like_pktap,
    nflog_frame,
    pflog_frame,
)
from annotator.decode.wan import (
    apple_1394_frame,
    arcnet_frame,
    atm_frame,
    docsis_frame,
    fddi_frame,
    frame_relay_frame,
    hdlc_frame,
    infiniband_frame,
    llc_frame,
    ppp_or_hdlc_frame,
    slip_frame,
    sun_atm_frame,
    token_ring_frame,
    version_frame,
)
from annotator.decode.wifi import Strip, avs_frame, prism_frame, radiotap_frame, wifi_frame
from annotator.decode.wpan import alp_frame, ax25_frame, kiss_frame, wpan_frame, wpan_tap_frame
from annotator.kernel.jit import kernel
from annotator.kernel.load import signed, view
from annotator.model import PacketBatch

# LINKTYPE_*, by number
AX25, TOKEN_RING, ARCNET, SLIP, PPP, FDDI = 3, 6, 7, 8, 9, 10
PPP_HDLC, PPP_ETHER, ATM, C_HDLC, WIFI, ATM_CLIP, FRAME_RELAY = 50, 51, 100, 104, 105, 106, 107
ENC, PFLOG, PRISM, IP_OVER_FC, SUN_ATM, RADIOTAP, ARCNET_LINUX = 109, 117, 119, 122, 123, 127, 129
APPLE_1394, DOCSIS, AVS, PPP_PPPD, ERF_ETHERNET, ERF_POS, JUNIPER_ETHER = 138, 143, 163, 166, 175, 176, 178
WPAN, AX25_KISS, WPAN_PHY, MPLS, WPAN_NO_FCS, WPAN_TAP, ALP = 195, 202, 215, 219, 230, 283, 289
PPI, ERF, PPP_DIR, C_HDLC_DIR, FRAME_RELAY_DIR, IPNET, NFLOG = 192, 197, 204, 205, 206, 226, 239
NETANALYZER, NETANALYZER_RAW, INFINIBAND, PKTAP, MPACKET = 240, 241, 242, 258, 274
DSA_BROADCOM, DSA_BROADCOM_FRONT, DSA, EDSA = 281, 282, 284, 285
USER2: Final = 149
"""Decoded where it is PKTAP by its form."""

JUNIPER: Final = (
    *(130, 131, 132, 133, 134, 135, 136, 137, 164, 167, 168, 174, 178, 179, 180, 181, 183, 194, 200),
    *(232, 233, 234, 238),
)
"""Juniper's link types; of all but Ethernet only packets that were captured without their layer 2 are decoded."""

NEVER_IP: Final = (
    *(139, 140, 141, 142, 165, 177, 184, 185, 186, 187, 189, 190, 199, 201, 203, 209, 210, 211, 212, 216, 220, 221),
    *(222, 227, 231, 235, 236, 243, 245, 246, 249, 250, 251, 253, 254, 255, 256, 257, 260, 261, 262, 263, 264, 265),
    *(266, 267, 269, 270, 271, 272, 273, 275, 277, 278, 279, 287, 288),
)
"""Signalling, buses, radio and devices: SS7, MS/TP, LAPD, ARINC, USB, Bluetooth, IPMB, CAN, I2C, LIN, MOST, D-Bus,
DVB-CI, NFC, netlink, vsock, Z-Wave, and the like."""

DECODED: Final = (
    *(AX25, TOKEN_RING, ARCNET, SLIP, PPP, FDDI, PPP_HDLC, PPP_ETHER, ATM, C_HDLC, WIFI, ATM_CLIP, FRAME_RELAY, ENC),
    *(PFLOG, PRISM, IP_OVER_FC, SUN_ATM, RADIOTAP, ARCNET_LINUX, APPLE_1394, DOCSIS, AVS, PPP_PPPD, ERF_ETHERNET),
    *(ERF_POS, PPI, WPAN, ERF, AX25_KISS, PPP_DIR, C_HDLC_DIR, FRAME_RELAY_DIR, WPAN_PHY, MPLS, IPNET, WPAN_NO_FCS),
    *(NFLOG, NETANALYZER, NETANALYZER_RAW, INFINIBAND, PKTAP, MPACKET, DSA_BROADCOM, DSA_BROADCOM_FRONT, WPAN_TAP),
    *(DSA, EDSA, ALP, *JUNIPER, *NEVER_IP),
)
"""Every link type that this module knows."""


@kernel
def strip_link(data: Any, i: int, end: int, link_type: int) -> Strip:
    """Step over the link header at `i`: (EtherType, position of its payload, end of the frame, stop reason)."""
    if link_type in PLAIN:  # for decode.link.network_layer, in a batch of several link types
        return 0, i, end, reasons.RARE
    if link_type == PPI or link_type == PKTAP or (link_type == USER2 and looks_like_pktap(data, i, end)):
        link_type, i = inner_link(data, i, end, link_type)
        if link_type < 0:
            return 0, i, end, reasons.LINK_TRUNCATED
        if link_type == 1:
            return 0x6558, i, end, reasons.NONE
        if link_type in (12, 14, 101):
            return version_frame(data, i, end)
        if link_type == 0 and end - i >= 4:
            return version_frame(data, i + 4, end)
    if link_type == RADIOTAP:
        return radiotap_frame(data, i, end)
    if link_type == WIFI:
        return wifi_frame(data, i, end, False, False)
    if link_type == PRISM:
        return prism_frame(data, i, end)
    if link_type == AVS:
        return avs_frame(data, i, end)
    if link_type == PPP or link_type == PPP_HDLC:
        return ppp_or_hdlc_frame(data, i, end)
    if link_type in (PPP_DIR, PPP_PPPD):
        return ppp_or_hdlc_frame(data, i + 1, end)
    if link_type == PPP_ETHER:
        return 0x8864, i, end, reasons.NONE
    if link_type == C_HDLC:
        return hdlc_frame(data, i, end)
    if link_type == C_HDLC_DIR:
        return hdlc_frame(data, i + 1, end)
    if link_type == FRAME_RELAY:
        return frame_relay_frame(data, i, end)
    if link_type == FRAME_RELAY_DIR:
        return frame_relay_frame(data, i + 1, end)
    if link_type in (ATM, ATM_CLIP):
        return atm_frame(data, i, end)
    if link_type == SUN_ATM:
        return sun_atm_frame(data, i, end)
    if link_type == TOKEN_RING:
        return token_ring_frame(data, i, end)
    if link_type == FDDI:
        return fddi_frame(data, i, end)
    if link_type in (ARCNET, ARCNET_LINUX):
        return arcnet_frame(data, i, end, link_type == ARCNET_LINUX)
    if link_type == IP_OVER_FC:
        return llc_frame(data, i + 16, end)
    if link_type == INFINIBAND:
        return infiniband_frame(data, i, end)
    if link_type == APPLE_1394:
        return apple_1394_frame(data, i, end)
    if link_type == DOCSIS:
        return docsis_frame(data, i, end)
    if link_type == SLIP:
        return slip_frame(data, i, end)
    if link_type == NFLOG:
        return nflog_frame(data, i, end)
    if link_type == PFLOG:
        return pflog_frame(data, i, end)
    if link_type == ENC:
        return enc_frame(data, i, end)
    if link_type == IPNET:
        return ipnet_frame(data, i, end)
    if link_type in (ERF, ERF_ETHERNET, ERF_POS):
        return erf_frame(data, i, end)
    if link_type == MPLS:
        return 0x8847, i, end, reasons.NONE
    if link_type == AX25:
        return ax25_frame(data, i, end)
    if link_type == AX25_KISS:
        return kiss_frame(data, i, end)
    if link_type == WPAN:
        return wpan_frame(data, i, max(end - 2, i))  # less the check sequence
    if link_type == WPAN_NO_FCS:
        return wpan_frame(data, i, end)
    if link_type == WPAN_PHY:
        return wpan_frame(data, i + 6, max(end - 2, i + 6))  # preamble, start of frame, length; check sequence
    if link_type == WPAN_TAP:
        return wpan_tap_frame(data, i, end)
    if link_type == ALP:
        return alp_frame(data, i, end)
    if link_type == NETANALYZER:
        return 0x6558, i + 4, end, reasons.NONE
    if link_type == NETANALYZER_RAW:
        return 0x6558, i + 12, end, reasons.NONE
    if link_type == MPACKET:
        return 0x6558, i + 8, end, reasons.NONE
    if link_type == DSA_BROADCOM:
        return dsa_frame(data, i, end, 12, 4)
    if link_type == DSA_BROADCOM_FRONT:
        return dsa_frame(data, i, end, 0, 4)
    if link_type == DSA:
        return dsa_frame(data, i, end, 12, 4)
    if link_type == EDSA:
        return dsa_frame(data, i, end, 12, 8)
    if link_type in JUNIPER:
        return juniper_frame(data, i, end, link_type == JUNIPER_ETHER)
    if link_type in NEVER_IP:
        return 0, i, end, reasons.LINK_NOT_IP
    return 0, i, end, reasons.LINK_TYPE


@kernel
def strip_links(
    data: Any, offset: Any, caplen: Any, link_type: Any, ethertype: Any, start: Any, finish: Any, stop: Any
) -> None:
    """Strip every packet of the columns: fills `ethertype`, `start`, `finish` (indexes into `data`) and `stop`."""
    frames = view(data)
    for packet in range(len(offset)):
        i = signed(offset[packet])
        ethertype[packet], start[packet], finish[packet], stop[packet] = strip_link(
            frames, i, i + signed(caplen[packet]), signed(link_type[packet])
        )


def strip(batch: PacketBatch) -> NDArray[np.int64]:
    """Strip the links of `batch`: int64[4, n] with the EtherType, where its payload starts, its end, stop reason."""
    columns = np.empty((4, len(batch)), np.int64)
    strip_links(batch.data, batch.offset, batch.caplen, batch.link_type, columns[0], columns[1], columns[2], columns[3])
    return columns
