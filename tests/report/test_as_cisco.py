"""Rule candidates for Cisco IOS: no IOS is at hand, so each line is held against its command reference."""

import re
from ipaddress import ip_address

from tests.report.rule_files import rules, uncommented

ADDRESS = r"[0-9a-f.:]+"
ENTRY = re.compile(rf" permit (tcp|udp|sctp) (?:host ({ADDRESS})|any) host ({ADDRESS}) eq (\d+)")
"""``permit protocol source destination eq port`` (Cisco IOS Security Command Reference: permit (IP), permit (IPv6))."""


def test_lists_are_access_lists() -> None:
    """A named list for each IP version, entries of its version, nothing else."""
    lines = uncommented(rules("cisco"), "!>").splitlines()
    version, entries = 0, []
    for line in lines:
        if line in ("ip access-list extended ANNOTATOR-CANDIDATES", "ipv6 access-list ANNOTATOR-CANDIDATES-6"):
            version = 4 if line.startswith("ip ") else 6
            continue
        if line == "exit":
            version = 0
            continue
        entry = ENTRY.fullmatch(line)
        assert entry, line
        for address in filter(None, (entry[2], entry[3])):
            assert ip_address(address).version == version
        assert 0 < int(entry[4]) < 65536
        entries.append(entry[0])
    assert " permit tcp host 10.0.0.5 host 10.0.0.9 eq 443" in entries
    assert " permit tcp host 10.0.0.6 host 10.0.0.9 eq 443" in entries
    assert " permit tcp any host 10.0.0.8 eq 80" in entries
    assert lines.count("exit") == 2


def test_what_a_list_cannot_say_is_said() -> None:
    """DCCP and UDP-Lite have no ports there."""
    text = rules("cisco")
    for transport in ("dccp", "udplite"):
        assert f"! (no candidate: {transport} cannot be told in this dialect)" in text
