"""Port names, as the registry has them."""

import pytest

from annotator.errors import UsageError
from annotator.filter.ports import registered_ports
from annotator.registry import load


def test_a_name_stands_for_every_port_that_carries_it() -> None:
    """Whatever the transport, unless one is named; aliases and upper case too."""
    ports_named = registered_ports(load())
    assert ports_named("https", "") == [443]
    assert ports_named("HTTP-alt", "tcp") == [591, 8008, 8080]
    assert ports_named("www", "") == [80]
    assert ports_named("syslog", "udp") == [514]
    assert list(ports_named("syslog", "tcp")) == []  # 514/tcp is shell
    assert list(ports_named("no-such-service", "")) == []


def test_a_name_of_a_range_stands_for_all_of_it() -> None:
    """X11 has 64 ports."""
    assert registered_ports(load())("x11", "") == list(range(6000, 6064))


def test_a_name_of_very_many_ports_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison for each would swamp libpcap."""
    monkeypatch.setattr("annotator.filter.ports.MOST_PORTS", 10)
    with pytest.raises(UsageError, match="portrange"):
        registered_ports(load())("x11", "")
