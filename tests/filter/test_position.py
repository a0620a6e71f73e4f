"""How far a refused filter is good."""

import pytest

from annotator.filter.libpcap import RefusedError, compile_text
from annotator.filter.names import split
from annotator.filter.position import can_go_on, good_tokens


def compiles(text: str) -> bool:
    """Ask libpcap, for Ethernet."""
    try:
        compile_text(text, 1)
    except RefusedError:
        return False
    return True


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("", "80 port tcp"),
        ("ip proto", "tcp"),
        ("ether host", "1.2.3.4"),
        ("host 10.0.0.1 and tcp port 80 and", "and udp"),
        ("tcp [ 13 ] & 2 != 0 and tcp [ 13", "! 4"),
        ("( tcp or udp )", ") and port 3"),
        ("net 10.0.0.0 /", "33"),
        ("port", "99999"),
        ("vlan 3 and mpls", "foo"),
        ("ip [ 2 : 2 ] > 576 and ( dst net 10 or port", "or 3 )"),
    ],
)
def test_the_first_bad_token_is_found(good: str, bad: str) -> None:
    """All that could still have become a filter counts as good."""
    tokens = split(f"{good} {bad}")
    assert not compiles(" ".join(tokens))
    assert " ".join(tokens[: good_tokens(tokens, compiles)]) == good


@pytest.mark.parametrize("text", ["tcp and", "tcp or ( udp and port 80", "tcp port", "ip [ 2 :", "not", "ether proto"])
def test_a_filter_whose_end_is_missing_is_good_to_its_end(text: str) -> None:
    """Nothing in it is wrong, it only is not all of it."""
    tokens = split(text)
    assert not compiles(text)
    assert good_tokens(tokens, compiles) == len(tokens)


FILTERS = (
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 and not src and dst net 10.0.0.0/8",
    "ether host aa:bb:cc:dd:ee:ff or (vlan 7 and arp)",
    "ip6 and (ip6[6] = 17 or portrange 1-1023) and len > 80 - 3 * ( 2 + 1 )",
    "ip multicast or ether broadcast or ip proto \\udp or net 10.1 mask 255.255.0.0",
    "icmp[icmptype] = icmp-echo and greater 100 and dst host 10.0.0.1",
)


@pytest.mark.parametrize("text", FILTERS)
def test_every_beginning_of_a_filter_can_go_on(text: str) -> None:
    """Wherever a good filter is cut, what is left is not blamed."""
    tokens = split(text)
    assert compiles(" ".join(tokens))
    assert [cut for cut in range(len(tokens) + 1) if not can_go_on(tokens[:cut], compiles)] == []
