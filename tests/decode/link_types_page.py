"""Makes ``docs/link-types.md`` out of the decoder's own lists and the cases that its tests decode.

``python -m tests.decode.link_types_page`` writes the page anew.
"""

from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Final

from annotator.decode.link import PLAIN, UNDESCRIBED
from annotator.decode.strip import DECODED, JUNIPER, NEVER_IP, USER2
from tests.decode import test_by_scapy, test_link, test_pseudo, test_wan, test_wifi, test_wpan

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "link-types.md"
MODULES: Final = (test_link, test_wifi, test_wan, test_wpan, test_pseudo, test_by_scapy)
"""The tests whose ``CASES`` show a link type decoded: what it is, number, frame, and more."""

NAMES: Final = {
    0: "NULL",
    1: "ETHERNET",
    3: "AX25",
    6: "IEEE802_5",
    7: "ARCNET_BSD",
    8: "SLIP",
    9: "PPP",
    10: "FDDI",
    12: "RAW of BSD/OS",
    14: "RAW of OpenBSD",
    23: "ARPHRD_METRICOM",
    31: "IPv6 of BSD",
    50: "PPP_HDLC",
    51: "PPP_ETHER",
    100: "ATM_RFC1483",
    101: "RAW",
    104: "C_HDLC",
    105: "IEEE802_11",
    106: "ATM_CLIP",
    107: "FRELAY",
    108: "LOOP",
    109: "ENC",
    113: "LINUX_SLL",
    117: "PFLOG",
    119: "IEEE802_11_PRISM",
    122: "IP_OVER_FC",
    123: "SUNATM",
    127: "IEEE802_11_RADIOTAP",
    129: "ARCNET_LINUX",
    130: "JUNIPER_MLPPP",
    131: "JUNIPER_MLFR",
    132: "JUNIPER_ES",
    133: "JUNIPER_GGSN",
    134: "JUNIPER_MFR",
    135: "JUNIPER_ATM2",
    136: "JUNIPER_SERVICES",
    137: "JUNIPER_ATM1",
    138: "APPLE_IP_OVER_IEEE1394",
    139: "MTP2_WITH_PHDR",
    140: "MTP2",
    141: "MTP3",
    142: "SCCP",
    143: "DOCSIS",
    144: "LINUX_IRDA",
    149: "USER2",
    163: "IEEE802_11_AVS",
    164: "JUNIPER_MONITOR",
    165: "BACNET_MS_TP",
    166: "PPP_PPPD",
    167: "JUNIPER_PPPOE",
    168: "JUNIPER_PPPOE_ATM",
    174: "JUNIPER_PIC_PEER",
    175: "ERF_ETH",
    176: "ERF_POS",
    177: "LINUX_LAPD",
    178: "JUNIPER_ETHER",
    179: "JUNIPER_PPP",
    180: "JUNIPER_FRELAY",
    181: "JUNIPER_CHDLC",
    183: "JUNIPER_VP",
    184: "A429",
    185: "A653_ICM",
    186: "USB_FREEBSD",
    187: "BLUETOOTH_HCI_H4",
    189: "USB_LINUX",
    190: "CAN20B",
    192: "PPI",
    194: "JUNIPER_ISM",
    195: "IEEE802_15_4_WITHFCS",
    197: "ERF",
    199: "IPMB_KONTRON",
    200: "JUNIPER_ST",
    201: "BLUETOOTH_HCI_H4_WITH_PHDR",
    202: "AX25_KISS",
    203: "LAPD",
    204: "PPP_WITH_DIR",
    205: "C_HDLC_WITH_DIR",
    206: "FRELAY_WITH_DIR",
    209: "I2C_LINUX",
    210: "FLEXRAY",
    211: "MOST",
    212: "LIN",
    215: "IEEE802_15_4_NONASK_PHY",
    216: "LINUX_EVDEV",
    219: "MPLS",
    220: "USB_LINUX_MMAPPED",
    221: "DECT",
    222: "AOS",
    226: "IPNET",
    227: "CAN_SOCKETCAN",
    228: "IPV4",
    229: "IPV6",
    230: "IEEE802_15_4_NOFCS",
    231: "DBUS",
    232: "JUNIPER_VS",
    233: "JUNIPER_SRX_E2E",
    234: "JUNIPER_FIBRECHANNEL",
    235: "DVB_CI",
    236: "MUX27010",
    238: "JUNIPER_ATM_CEMIC",
    239: "NFLOG",
    240: "NETANALYZER",
    241: "NETANALYZER_TRANSPARENT",
    242: "IPOIB",
    243: "MPEG_2_TS",
    245: "NFC_LLCP",
    246: "PFSYNC",
    249: "USBPCAP",
    250: "RTAC_SERIAL",
    251: "BLUETOOTH_LE_LL",
    253: "NETLINK",
    254: "BLUETOOTH_LINUX_MONITOR",
    255: "BLUETOOTH_BREDR_BB",
    256: "BLUETOOTH_LE_LL_WITH_PHDR",
    257: "PROFIBUS_DL",
    258: "PKTAP",
    260: "IPMI_HPM_2",
    261: "ZWAVE_R1_R2",
    262: "ZWAVE_R3",
    263: "WATTSTOPPER_DLM",
    264: "ISO_14443",
    265: "RDS",
    266: "USB_DARWIN",
    267: "OPENFLOW",
    269: "TI_LLN_SNIFFER",
    270: "LORATAP",
    271: "VSOCK",
    272: "NORDIC_BLE",
    273: "DOCSIS31_XRA31",
    274: "ETHERNET_MPACKET",
    275: "DISPLAYPORT_AUX",
    276: "LINUX_SLL2",
    277: "SERCOS_MONITOR",
    278: "OPENVIZSLA",
    279: "EBHSCR",
    281: "DSA_TAG_BRCM",
    282: "DSA_TAG_BRCM_PREPEND",
    283: "IEEE802_15_4_TAP",
    284: "DSA_TAG_DSA",
    285: "DSA_TAG_EDSA",
    287: "ZWAVE_SERIAL",
    288: "USB_2_0",
    289: "ATSC_ALP",
    772: "ARPHRD_LOOPBACK",
    801: "ARPHRD_IEEE80211",
    803: "ARPHRD_IEEE80211_RADIOTAP",
}
"""``LINKTYPE_*`` without its prefix (tcpdump.org/linktypes.html); what is none is a system's own number."""

HEAD: Final = """# Link types

The first bytes of a frame are read by the link type that its capture states. This table lists every link type that is
known, by its number; it is made out of the decoder's own lists, and a test fails when it is out of date
(`python -m tests.decode.link_types_page` writes it anew).

- **Decoded** names what leads to an IP header, and *shown by* the test that decodes it.
- **No IP** is a link that carries none: its packets stop as `link_not_ip`, which is normal and no issue.
- **By scapy** is a link that scapy alone knows. It says where the IP header stands, on a slow path that is an issue
  with its count (`by_scapy`), for so many packets of a capture; any other link type that scapy knows goes the same way.
- Every other link type stops as `link_type`: the report names it, and the exit code is 4.

| number | name | | what is decoded | shown by |
|---:|---|---|---|---|
"""
JUNIPER_WORDS: Final = "packets that were captured without their layer 2"


def shown() -> dict[int, tuple[ModuleType, list[str]]]:
    """Give the test and the words of its cases, by link type."""
    found: dict[int, tuple[ModuleType, list[str]]] = {}
    for module in MODULES:
        words: dict[int, list[str]] = defaultdict(list)
        for what, link_type, *_ in module.CASES:
            if what not in words[link_type]:
                words[link_type].append(what)
        for link_type, said in words.items():
            found.setdefault(link_type, (module, said))
    return found


def _test(module: ModuleType, name: str) -> str:
    assert callable(getattr(module, name)), f"{name} is no test of {module.__name__}"
    return f"`{module.__name__.replace('.', '/')}.py::{name}`"


def rows() -> dict[int, str]:
    """Make the row of each link type."""
    made: dict[int, str] = {}
    cases = shown()
    for link_type in sorted({*PLAIN, *DECODED, USER2, *cases} - {UNDESCRIBED}):
        if link_type in NEVER_IP:
            test = "`tests/decode/test_strip.py::test_link_types_that_never_carry_ip_are_normal`"
            cells = "no IP", "", test
        elif link_type == USER2:
            name = "test_apples_tap_under_a_users_number_is_told_by_its_form"
            cells = "decoded", "Apple's tap, where its form shows it", _test(test_pseudo, name)
        elif link_type in cases:
            module, words = cases[link_type]
            by_scapy = module is test_by_scapy
            name = "test_scapy_says_where_ip_stands" if by_scapy else _ip_test(module)
            cells = "by scapy" if by_scapy else "decoded", "; ".join(words), _test(module, name)
        else:
            assert link_type in JUNIPER, f"link type {link_type} is said to be decoded, and no test shows it"
            name = "test_every_one_of_junipers_is_decoded_without_its_layer_2"
            cells = "decoded", JUNIPER_WORDS, _test(test_pseudo, name)
        made[link_type] = f"| {link_type} | {NAMES[link_type]} | {' | '.join(cells)} |"
    return made


def _ip_test(module: ModuleType) -> str:
    return next(name for name in ("test_ip_is_found", "test_ip_is_found_behind_every_header") if hasattr(module, name))


def page() -> str:
    """Make the page."""
    return HEAD + "\n".join(rows().values()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
