"""Rule candidates for iptables, checked by iptables-restore itself."""

import shutil
from pathlib import Path

import pytest

from tests.namespaces import hosts
from tests.report.rule_files import rules, uncommented, without_marks
from tests.report.test_rules import WAKING

TOOLS = {"#4>": "iptables", "#6>": "ip6tables"}


@pytest.mark.needs_root
@pytest.mark.parametrize("mark", TOOLS)
def test_iptables_restore_takes_what_was_uncommented(mark: str, tmp_path: Path) -> None:
    """By --test first, then in earnest in a place of its own: the lines alone, and among comments of any kind."""
    tool = TOOLS[mark]
    if shutil.which(f"{tool}-restore") is None:
        pytest.skip(f"{tool}-restore is not installed")
    path = tmp_path / "rules"
    with hosts(1) as (host,):
        path.write_text(uncommented(rules("iptables"), mark))
        host.run(f"{tool}-restore", "--test", "--noflush", path)
        host.run(f"{tool}-restore", path)
        loaded = [line for line in host.run(f"{tool}-save").splitlines() if line[0] != "#"]
        assert len([line for line in loaded if line.startswith("-A ANNOTATOR-CANDIDATES")]) == (8 if "4" in mark else 4)
        assert not [line for line in loaded if line.startswith(("-A INPUT", "-A FORWARD", "-A OUTPUT"))]
        for attack in WAKING.values():
            path.write_text(without_marks(rules("iptables", attack), mark))
            host.run(f"{tool}-restore", path)
            assert [line for line in host.run(f"{tool}-save").splitlines() if line[0] != "#"] == loaded
        path.write_text(uncommented(rules("iptables"), mark).replace("--dport 80", "--dport eighty-eight"))
        assert not host.can(f"{tool}-restore", "--test", path)  # the check would see a mistake
