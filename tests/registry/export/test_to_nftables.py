"""Definitions for nft, checked by nft."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from annotator.registry.export import export
from annotator.registry.registry import Registry

from ..making import record, registry_of

NFT = shutil.which("nft", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


@pytest.mark.skipif(NFT is None, reason="nft is not installed")
def test_nft_takes_the_definitions_and_a_rule_that_uses_them(embedded: Registry, tmp_path: Path) -> None:
    """The whole registry, and a table that includes it: checked, not loaded."""
    path = tmp_path / "services.nft"
    path.write_bytes(export(embedded, "nftables")[""])
    rules = tmp_path / "rules.nft"
    rules.write_text(
        f'include "{path}"\n'
        "table inet t { chain c {\n"
        "  tcp dport $svc_https_tcp accept\n"
        "  tcp dport $svc_x11_tcp drop\n"
        "  udp dport { $svc_domain_udp, $svc_ntp_udp } accept\n"
        "}\n}\n"
    )
    result = subprocess.run([str(NFT), "--check", "--file", rules], capture_output=True, text=True, check=False)
    if "Operation not permitted" in result.stderr:
        pytest.skip("nft may not ask the kernel here")
    assert (result.returncode, result.stderr) == (0, "")


def definitions(registry: Registry) -> list[str]:
    text = export(registry, "nftables")[""].decode()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_nothing_but_definitions_stands_in_the_file(embedded: Registry) -> None:
    """No rule: a registered port is no reason to open it. No name twice."""
    lines = definitions(embedded)
    assert all(line.startswith("define svc_") for line in lines)
    assert len({line.split()[1] for line in lines}) == len(lines)


def test_a_name_on_several_ports_is_a_set() -> None:
    """And a range stays one; a hostile name is letters, digits and underscores."""
    records = [record("x", "1", "tcp"), record("x", "7-9", "tcp"), record("a;b\n{", "2", "udp")]
    assert definitions(registry_of(records)) == ["define svc_x_tcp = { 1, 7-9 }", "define svc_a_b___udp = 2"]
