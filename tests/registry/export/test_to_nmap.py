"""nmap-services, read by nmap."""

import shutil
import subprocess
from pathlib import Path

import pytest

from annotator.registry.export import export
from annotator.registry.registry import Registry

from ..making import record, registry_of


def rows(registry: Registry) -> list[list[str]]:
    text = export(registry, "nmap")[""].decode()
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


@pytest.mark.skipif(shutil.which("nmap") is None, reason="nmap is not installed")
def test_nmap_reads_what_was_exported(embedded: Registry, tmp_path: Path) -> None:
    """It finds ports by the registry's names, and names by ports, in a scan of the loopback address."""
    (tmp_path / "nmap-services").write_bytes(export(embedded, "nmap")[""])
    result = subprocess.run(
        [
            "nmap",
            "--datadir",
            tmp_path,
            "-sT",
            "-Pn",
            "-n",
            "-p",
            "intu-ec-svcdisc,submissions,5349",
            "-oG",
            "-",
            "127.0.0.1",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stderr == ""
    for words in ("8020/", "465/", "5349/"):
        assert words in result.stdout
    for name in ("/tcp//intu-ec-svcdisc/", "/tcp//submissions/", "/tcp//stuns/"):
        assert name in result.stdout


def test_each_port_has_one_line_with_its_primary(embedded: Registry) -> None:
    """nmap takes one name for a port."""
    keys = [row[1] for row in rows(embedded)]
    assert len(keys) == len(set(keys))
    assert {row[1]: row[0] for row in rows(embedded)}["80/tcp"] == "http"
    assert not [key for key in keys if key.endswith("dccp")]


def test_a_port_whose_primary_was_not_asked_for_has_the_name_that_was(embedded: Registry) -> None:
    """`export --format nmap urd` gives urd."""
    text = export(embedded, "nmap", ["urd"])[""].decode()
    assert [line.split("\t")[:2] for line in text.splitlines() if not line.startswith("#")] == [["urd", "465/tcp"]]


def test_a_range_has_a_line_for_each_port() -> None:
    """nmap knows no ranges in this file."""
    assert [row[1] for row in rows(registry_of([record("x", "7-9", "udp")]))] == ["7/udp", "8/udp", "9/udp"]
