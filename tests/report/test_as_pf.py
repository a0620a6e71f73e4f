"""Rule candidates for pf: no pf is at hand, so each line is held against the grammar of pf.conf(5)."""

import re
from ipaddress import ip_address

from tests.report.rule_files import rules, uncommented

ADDRESS = r"[0-9a-f.:]+"
RULE = re.compile(
    rf"pass (inet6?) proto (?:tcp|udp) from (?:any|\{{ ({ADDRESS}(?:, {ADDRESS})*) \}}) to ({ADDRESS}) port (\d+)"
)
"""The part of pf.conf(5)'s GRAMMAR that is used: ``action [af] [protospec] hosts``, with ``host-list`` in braces."""


def test_lines_are_rules() -> None:
    """Addresses of the family that is named, ports that are ports."""
    lines = uncommented(rules("pf"), "#>").splitlines()
    assert len(lines) == 6
    for line in lines:
        rule = RULE.fullmatch(line)
        assert rule, line
        version = 6 if rule[1] == "inet6" else 4
        for address in (*(rule[2].split(", ") if rule[2] else ()), rule[3]):
            assert ip_address(address).version == version
        assert 0 < int(rule[4]) < 65536
    assert "pass inet proto tcp from { 10.0.0.5, 10.0.0.6 } to 10.0.0.9 port 443" in lines
    assert "pass inet proto tcp from any to 10.0.0.8 port 80" in lines


def test_what_pf_cannot_say_is_said() -> None:
    """Ports of other transports are not known to every pf."""
    assert rules("pf").count("# (no candidate: ") == 3
