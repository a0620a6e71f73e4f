"""The package's own compiler, through the command that is documented."""

import subprocess
import sys
from pathlib import Path

import pytest

from annotator.errors import RegistryError
from annotator.registry import data_files
from annotator.registry.compile import compile_protocols

from .making import csv_of


def compiled(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "annotator.registry.compile", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_embedded_registry_is_reproduced_to_the_byte(iana: Path, tmp_path: Path) -> None:
    """IANA's file in, the package's snapshot and manifest out."""
    made = tmp_path / "made.snapshot"
    assert compiled(iana / "iana-2026-08-17.csv", "--updated", "2026-08-17", "-o", made).returncode == 0
    assert made.read_bytes() == data_files.SNAPSHOT.read_bytes()
    assert made.with_suffix(".json").read_bytes() == data_files.SNAPSHOT.with_suffix(".json").read_bytes()


def test_the_protocol_keywords_are_reproduced_to_the_byte(iana: Path, tmp_path: Path) -> None:
    """So are they."""
    made = tmp_path / "made.txt"
    assert compiled(iana / "iana-protocol-numbers-2026-03-09.xml", "-o", made).returncode == 0
    assert made.read_bytes() == data_files.PROTOCOLS.read_bytes()


def test_a_file_of_few_rows_is_not_compiled(tmp_path: Path) -> None:
    """The floor of rows keeps half a registry out of the package."""
    source = tmp_path / "few.csv"
    source.write_bytes(csv_of(*(f"x{i},{i},tcp,,,,,,,,," for i in range(10))))
    result = compiled(source, "-o", tmp_path / "out.snapshot")
    assert result.returncode == 1
    assert "10 records" in result.stderr
    assert not (tmp_path / "out.snapshot").exists()


def test_what_is_no_xml_is_refused() -> None:
    """The protocol numbers come as XML."""
    with pytest.raises(RegistryError, match="protocol-numbers"):
        compile_protocols(b'id="protocol-numbers"')
