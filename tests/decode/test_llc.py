"""LLC and SNAP headers."""

import numpy as np
import pytest

from annotator.decode.llc import BRIDGED_ETHERNET, NO_ETHERTYPE, llc_ethertype
from annotator.kernel.load import view

CASES = [
    # what it is, bytes, EtherType, length of the header
    ("SNAP, RFC 1042", "aaaa03 000000 0800", 0x0800, 8),
    ("SNAP, bridge tunnel (802.1H)", "aaaa03 0000f8 86dd", 0x86DD, 8),
    ("SNAP, bridged Ethernet with its FCS", "aaaa03 0080c2 0001 0000", BRIDGED_ETHERNET, 10),
    ("SNAP, bridged Ethernet without", "aaaa03 0080c2 0007 0000", BRIDGED_ETHERNET, 10),
    ("SNAP, bridged token ring", "aaaa03 0080c2 0009 0000", NO_ETHERTYPE, 0),
    ("SNAP, Cisco's CDP", "aaaa03 00000c 2000", NO_ETHERTYPE, 0),
    ("SNAP, not unnumbered information", "aaaaf3 000000 0800", NO_ETHERTYPE, 0),
    ("SNAP, cut", "aaaa03 000000 08", NO_ETHERTYPE, 0),
    ("SAP 6 is IP", "060603", 0x0800, 3),
    ("ISO, NLPID of IPv4", "fefe03 cc", 0x0800, 4),
    ("ISO, NLPID of IPv6", "fefe03 8e", 0x86DD, 4),
    ("ISO, IS-IS", "fefe03 83", NO_ETHERTYPE, 0),
    ("spanning tree", "424203 0000", NO_ETHERTYPE, 0),
    ("Novell's raw 802.3", "ffff001e", NO_ETHERTYPE, 0),
    ("too short", "aaaa", NO_ETHERTYPE, 0),
    ("nothing", "", NO_ETHERTYPE, 0),
]


@pytest.mark.parametrize(("what", "header", "ethertype", "length"), CASES, ids=[case[0] for case in CASES])
def test_headers(what: str, header: str, ethertype: int, length: int) -> None:
    """What an LLC header announces, and where it ends; at any place in the frame."""
    data = np.frombuffer(b"\xff" * 5 + bytes.fromhex(header) + b"\xff" * 20, np.uint8)
    end = 5 + len(bytes.fromhex(header))
    assert llc_ethertype(view(data), 5, end) == (ethertype, 5 + length)
