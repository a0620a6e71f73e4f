"""Every link type that is said to be known is, and no two lists contradict each other."""

import pytest
from scapy.layers.inet import IP, UDP

from annotator.decode.link import PLAIN
from annotator.decode.strip import DECODED, JUNIPER, NEVER_IP
from tests.decode import test_pseudo, test_wan, test_wifi, test_wpan
from tests.decode.decoding import batch, decode, ether


def test_link_types_are_in_one_list_each() -> None:
    """Plain, decoded and never-IP link types do not overlap, and none is named twice."""
    assert len(set(DECODED)) == len(DECODED)
    assert not set(PLAIN) & set(DECODED)
    assert set(NEVER_IP) <= set(DECODED)


def test_every_decoded_link_type_has_a_case() -> None:
    """What the documentation may call decoded is shown by a frame in one of the tests."""
    shown = {case[1] for module in (test_wifi, test_wan, test_pseudo, test_wpan) for case in module.CASES}
    assert set(DECODED) - set(NEVER_IP) - set(JUNIPER) <= shown
    assert shown <= set(DECODED)


@pytest.mark.parametrize("link_type", NEVER_IP)
def test_link_types_that_never_carry_ip_are_normal(link_type: int) -> None:
    """USB, Bluetooth, CAN and the like stop as no IP, whatever their bytes look like."""
    frame = bytes(IP(src="10.0.0.1", dst="10.0.0.2") / UDP())
    result = decode(batch([frame, b""], link_type))
    assert result.counts == {"link_not_ip": 2}


@pytest.mark.parametrize("link_type", [2, 4, 77, 147, 162, 998, 65534])
def test_unknown_link_types_are_unsupported(link_type: int) -> None:
    """A link type that nobody knows stops for that reason, and is not guessed at."""
    assert decode(batch([bytes(ether() / IP()), b""], link_type)).counts == {"link_type": 2}
