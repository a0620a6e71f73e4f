"""A second process compiles on a first run, and none is started, left behind or missed otherwise."""

import subprocess
import sys
from pathlib import Path

import pytest

from annotator import head_start, prepare
from annotator.head_start import HeadStart
from annotator.kernel.cache import INTERPRETED
from tests.cli.running import annotate


@pytest.fixture
def unprepared(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(head_start, "prepared", lambda: False)
    monkeypatch.setattr(head_start, "BASE_FOLDER", tmp_path)


def test_what_it_compiles_is_what_a_run_needs() -> None:
    """It runs here as it would there."""
    prepare.prepare_flows()


def test_nothing_is_started_where_all_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_start, "prepared", lambda: True)
    with HeadStart() as started:
        assert started._process is None
        started.finish()


@pytest.mark.usefixtures("unprepared")
def test_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_start, "COMPILE", "pass")
    with HeadStart() as started:
        process = started._process
        assert process is not None
        started.finish()
        assert process.returncode == 0


@pytest.mark.usefixtures("unprepared")
@pytest.mark.parametrize("patience", [None, 0.1])
def test_it_does_not_outlive_the_run(monkeypatch: pytest.MonkeyPatch, patience: float | None) -> None:
    """Neither where reading ends before it, nor where it takes too long."""
    monkeypatch.setattr(head_start, "COMPILE", "import time; time.sleep(600)")
    with HeadStart() as started:
        process = started._process
        assert process is not None
        if patience:
            monkeypatch.setattr(head_start, "PATIENCE_S", patience)
            started.finish()
            assert process.returncode is not None
    assert process.returncode is not None


@pytest.mark.usefixtures("unprepared")
@pytest.mark.parametrize("program", ["", "/usr/bin/true", "/opt/suite/bin/suite"])
def test_a_program_with_python_within_it_is_not_started_again(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "executable", program)
    with HeadStart() as started:
        assert started._process is None


@pytest.mark.usefixtures("unprepared")
def test_where_no_process_can_be_started_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with HeadStart() as started:
        started.finish()


@pytest.mark.slow
@pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")
def test_a_first_run_finds_what_was_compiled_aside(tmp_path: Path, samples: Path) -> None:
    """A module of the user's named like one of ours, or of Python's, is not run."""
    (tmp_path / "annotator.py").write_text("raise SystemExit(9)")
    (tmp_path / "struct.py").write_text("raise SystemExit(9)")
    cache = tmp_path / "cache"
    environment = {"ANNOTATOR_CACHE_DIR": str(cache), "PATH": "/usr/bin:/bin"}
    subprocess.run(
        [sys.executable, "-P", "-c", head_start.COMPILE], env=environment, cwd=tmp_path, check=True, timeout=300
    )
    made = {path.name for path in cache.rglob("*.kernel")}
    assert any(name.startswith("update-") for name in made)
    done = annotate(samples / "office.pcapng", ANNOTATOR_CACHE_DIR=str(cache))
    assert done.returncode == 0
