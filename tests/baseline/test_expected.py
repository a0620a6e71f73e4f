"""Which endpoints a service of a baseline covers."""

import pytest

from annotator.baseline.read import parse_baseline

BASELINE = parse_baseline(
    """
version = 1
[[service]]
responder = "*"
transport = "tcp"
port = "*"
[[service]]
responder = "10.0.4.0/24"
transport = ["tcp", "udp"]
port = ["80-90", 443]
[[service]]
responder = "10.0.4.7"
transport = "tcp"
port = 443
[[service]]
responder = "remote"
transport = "udp"
port = 443
[[service]]
responder = ["fd00::/8", "10.9.9.9"]
transport = "udp"
port = 53
""",
    "x",
)


@pytest.mark.parametrize(
    ("endpoint", "services"),
    [
        (("10.0.4.7", "local", "tcp", 443), [2, 1, 0]),
        (("10.0.4.8", "local", "tcp", 443), [1, 0]),
        (("10.0.4.7", "local", "tcp", 22), [0]),
        (("10.0.4.7", "local", "udp", 85), [1]),
        (("10.0.5.7", "local", "udp", 85), []),
        (("198.51.100.7", "remote", "udp", 443), [3]),
        (("10.0.5.7", "local", "udp", 443), []),
        (("fd00::7", "local", "udp", 53), [4]),
        (("10.9.9.9", "local", "udp", 53), [4]),
        (("::a09:909", "local", "udp", 53), []),
        (("10.0.4.7", "local", "sctp", 443), []),
    ],
)
def test_the_most_specific_service_comes_first(endpoint: tuple[str, str, str, int], services: list[int]) -> None:
    """Addresses, networks, words and ranges of ports; an IPv6 address is no IPv4 address of the same number."""
    assert BASELINE.covering(*endpoint) == services


def test_a_responder_is_known_by_any_port() -> None:
    """What tells a new port from a new responder."""
    narrow = parse_baseline(
        'version = 1\n[[service]]\nresponder = "10.0.0.1"\ntransport = "tcp"\nport = 1\n'
        '[[service]]\nresponder = "10.1.0.0/16"\ntransport = "tcp"\nport = 1\n',
        "x",
    )
    assert narrow.knows_responder("10.0.0.1", "local")
    assert narrow.knows_responder("10.1.2.3", "local")
    assert not narrow.knows_responder("10.2.2.3", "local")
    assert [service.where() for service in narrow.of_port("tcp", 1)] == ["10.0.0.1 1/tcp", "10.1.0.0/16 1/tcp"]
    assert BASELINE.services[1].where() == "10.0.4.0/24 80-90,443/tcp/udp"
    assert BASELINE.services[0].where() == "* */tcp"
