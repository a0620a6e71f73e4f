"""Which ICMP types answer each other."""

import pytest
from scapy.layers.inet import icmptypes
from scapy.layers.inet6 import icmp6types

from annotator.flow.icmp import ONE_WAY, PAIRS, PAIRS6, PEER, PEER6


@pytest.mark.parametrize(("pairs", "peer"), [(PAIRS, PEER), (PAIRS6, PEER6)], ids=["icmp", "icmp6"])
def test_pairing_is_mutual(pairs: tuple[tuple[int, int], ...], peer: "list[int]") -> None:
    """The peer of a type's peer is the type; every other type is one-way."""
    paired = {kind for pair in pairs for kind in pair}
    assert len(paired) == 2 * len(pairs)
    for kind in range(256):
        assert (peer[kind] == ONE_WAY) == (kind not in paired)
        if kind in paired:
            assert peer[peer[kind]] == kind


def test_pairs_are_requests_and_replies_by_name() -> None:
    """scapy's names of the types bear the pairs out."""
    words = ("request", "solicitation", "query")
    for request, reply in PAIRS:
        assert any(word in icmptypes[request] for word in words)
        assert any(word in icmptypes[reply] for word in ("reply", "advertisement", "response"))
    for request, reply in PAIRS6:
        assert any(word in icmp6types[request].lower() for word in words)
        assert any(word in icmp6types[reply].lower() for word in ("reply", "advertisement", "response", "report"))
