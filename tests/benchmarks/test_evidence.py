"""What evidence adds is measured on reports that are made, with observations and without."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import evidence


def test_it_prints_what_evidence_adds(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evidence.main([str(samples / "office.pcapng"), "--repeat", "1", "--as-installed"])
    lines = capsys.readouterr().out.splitlines()
    assert [line[:16].strip() for line in lines[1:3]] == list(evidence.RUNS)
    assert lines[3].startswith("evidence adds ")


def test_the_one_without_observes_nothing(samples: Path) -> None:
    """And has the same flows."""
    shown = [
        subprocess.run(
            [sys.executable, "-c", program, str(samples / "office.pcapng"), "--format", "csv"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for program in evidence.RUNS.values()
    ]
    assert len(shown[0]) == len(shown[1])
    assert any('"tls"' in line for line in shown[0])
    assert not any('"tls"' in line for line in shown[1])
