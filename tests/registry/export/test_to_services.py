"""services(5), read by the C library."""

import subprocess
from pathlib import Path

import pytest

from annotator.registry.export import export
from annotator.registry.registry import Registry

from ..making import record, registry_of


def getent(services: Path, *what: str) -> list[list[str]]:
    """Ask the C library, with another /etc/services in a mount namespace of its own."""
    script = 'mount --bind "$1" /etc/services && shift && exec getent -s files services "$@"'
    result = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", str(services), *what],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in result.stderr or "mount" in result.stderr:
        pytest.skip(f"no mount namespace here: {result.stderr.strip()}")
    return [line.split() for line in result.stdout.splitlines()]


@pytest.mark.needs_root
def test_the_c_library_finds_what_was_exported(embedded: Registry, tmp_path: Path) -> None:
    """By name, by alias and by port, on tcp, udp and sctp; a range has all its ports."""
    path = tmp_path / "services"
    path.write_bytes(export(embedded, "services")[""])
    assert getent(path, "443/tcp", "www/tcp", "whois++/tcp", "6042/udp", "443/sctp", "nonesuch") == [
        ["https", "443/tcp"],
        ["http", "80/tcp", "www", "www-http"],
        ["whoispp", "63/tcp", "whois++"],
        ["x11", "6042/udp"],
        ["https", "443/sctp"],
    ]


def test_a_name_that_the_syntax_cannot_hold_is_left_out() -> None:
    """White space and the comment mark."""
    records = [record("a b", "1", "tcp"), record("c#d", "2", "tcp"), record("fine", "3", "tcp", "text # more")]
    text = export(registry_of(records), "services")[""].decode()
    assert [line for line in text.splitlines() if not line.startswith("#")] == ["fine            3/tcp  # text # more"]
