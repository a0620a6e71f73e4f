"""Rule candidates for nftables, checked by nft itself."""

import shutil
from pathlib import Path

import pytest

from tests.namespaces import hosts
from tests.report.rule_files import rules, uncommented, without_marks
from tests.report.test_rules import WAKING


@pytest.fixture(scope="module")
def checks() -> None:
    """Skip where there is no nft."""
    if shutil.which("nft") is None:
        pytest.skip("nft is not installed")


@pytest.mark.needs_root
@pytest.mark.usefixtures("checks")
def test_nft_takes_what_was_uncommented(tmp_path: Path) -> None:
    """Lines alone, lines among their comments whatever these say, and the file as it is, which does nothing."""
    path = tmp_path / "rules.nft"
    with hosts(1) as (host,):
        path.write_text(uncommented(rules("nftables"), "#>"))
        host.run("nft", "-c", "-f", path)
        host.run("nft", "-f", path)
        loaded = host.run("nft", "list", "ruleset")
        assert loaded.count(" accept") == 9
        assert "ip saddr { 10.0.0.5, 10.0.0.6 } ip daddr 10.0.0.9 tcp dport 443 ct state new accept" in loaded
        assert "hook" not in loaded
        host.run("nft", "flush", "ruleset")
        for attack in WAKING.values():
            text = rules("nftables", attack)
            path.write_text(without_marks(text, "#>"))
            host.run("nft", "-f", path)
            assert host.run("nft", "list", "ruleset") == loaded
            host.run("nft", "flush", "ruleset")
            path.write_text(text)
            host.run("nft", "-f", path)
            assert host.run("nft", "list", "ruleset") == ""


@pytest.mark.needs_root
@pytest.mark.usefixtures("checks")
def test_the_check_would_see_a_mistake(tmp_path: Path) -> None:
    """A rule with a name for a port is refused."""
    path = tmp_path / "rules.nft"
    path.write_text(uncommented(rules("nftables"), "#>").replace("dport 443", "dport 4430000"))
    with hosts(1) as (host,):
        assert not host.can("nft", "-c", "-f", path)
