"""PPP headers, full and compressed."""

import numpy as np
import pytest

from annotator.decode import reasons
from annotator.decode.ppp import ppp_ethertype
from annotator.kernel.load import view

CASES = [
    # what it is, bytes, EtherType, length of the header, reason to stop
    ("IPv4 in full", "ff03 0021", 0x0800, 4, reasons.NONE),
    ("IPv6 in full", "ff03 0057", 0x86DD, 4, reasons.NONE),
    ("address and control left out", "0021", 0x0800, 2, reasons.NONE),
    ("protocol field compressed", "ff03 21", 0x0800, 3, reasons.NONE),
    ("both left out", "57", 0x86DD, 1, reasons.NONE),
    ("MPLS", "ff03 0281", 0x8847, 4, reasons.NONE),
    ("bridged Ethernet", "ff03 0031 0001", 0x6558, 6, reasons.NONE),
    ("LCP", "ff03 c021", 0, 4, reasons.LINK_CONTROL),
    ("IPCP", "8021", 0, 2, reasons.LINK_CONTROL),
    ("Van Jacobson, compressed TCP", "ff03 002d", 0, 4, reasons.COMPRESSED),
    ("Van Jacobson, uncompressed TCP", "ff03 002f", 0, 4, reasons.COMPRESSED),
    ("compressed datagram", "ff03 00fd", 0, 4, reasons.COMPRESSED),
    ("multilink", "ff03 003d", 0, 4, reasons.COMPRESSED),
    ("encrypted", "ff03 0053", 0, 4, reasons.PPP_ENCRYPTED),
    ("nothing behind address and control", "ff03", 0, 2, reasons.LINK_TRUNCATED),
    ("half a protocol field", "ff03 00", 0, 2, reasons.LINK_TRUNCATED),
    ("nothing", "", 0, 0, reasons.LINK_TRUNCATED),
]


@pytest.mark.parametrize(("what", "header", "ethertype", "length", "stop"), CASES, ids=[case[0] for case in CASES])
def test_headers(what: str, header: str, ethertype: int, length: int, stop: int) -> None:
    """What a PPP header announces, and where it ends."""
    raw = bytes.fromhex(header)
    data = np.frombuffer(b"\xff" * 3 + raw + b"\0" * 8, np.uint8)
    found, position, why = ppp_ethertype(view(data), 3, 3 + len(raw))
    assert (found, why) == (ethertype, stop)
    if stop == reasons.NONE:
        assert position == 3 + length
