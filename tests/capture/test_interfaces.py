"""The list of interfaces against the system's own tool, and their link types."""

import json
import re

import pytest

from annotator.capture.interfaces import find_interface, interfaces
from annotator.errors import AnnotatorError, InputError
from tests.namespaces import hosts, pair


@pytest.mark.needs_root
def test_the_list_is_that_of_the_system() -> None:
    """Names, numbers, states and addresses are those that ip shows."""
    with pair() as (left, _), left.inside():
        left.run("ip", "link", "add", "spare0", "type", "veth", "peer", "name", "spare1")
        shown = json.loads(left.run("ip", "-json", "address"))
        found = interfaces()
    assert [(one.name, one.index, one.up, one.running, one.loopback) for one in found] == [
        (
            one["ifname"],
            one["ifindex"],
            "UP" in one["flags"],
            "UP" in one["flags"] and "NO-CARRIER" not in one["flags"],
            "LOOPBACK" in one["flags"],
        )
        for one in shown
    ]
    assert [set(one.addresses) for one in found] == [
        {address["local"] for address in one["addr_info"]} for one in shown
    ]


@pytest.mark.needs_root
def test_a_name_that_is_no_text_gives_one_line() -> None:
    """The kernel takes nearly any bytes for a name; what cannot be listed is said, and how to get on."""
    with hosts(1) as [host], host.inside():
        host.run("sh", "-c", "ip link add \"$(printf '\\377')\" type veth peer name other")
        with pytest.raises(AnnotatorError, match="rename it"):
            interfaces()


def test_an_unknown_name_is_answered_with_those_that_exist() -> None:
    """Every interface of the machine is in the message."""
    with pytest.raises(InputError) as raised:
        find_interface("no-such-thing")
    for one in interfaces():
        assert re.search(rf"\b{re.escape(one.name)}\b", str(raised.value))
