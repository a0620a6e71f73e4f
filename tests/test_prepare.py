"""Preparing compiles all that any capture needs: nothing is left for later runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from annotator import prepare
from annotator.errors import AnnotatorError
from annotator.evidence.bundle import BUNDLES
from tests.cli.running import annotate, on_terminal

ANALYSE = """
import sys
from annotator.pipeline import analyse
from annotator.settings import Settings
for path in sys.argv[1:]:
    analyse([path], Settings())
    analyse([path], Settings(bpf="tcp or udp"))
"""


def kernels(folder: Path) -> set[str]:
    """Name the compiled kernels of a cache."""
    return {path.name for path in folder.rglob("*.kernel")}


def test_each_step_can_be_taken(tmp_path: Path) -> None:
    """The data path runs over what is made up for it, and a bundle of probes with nothing to judge."""
    assert prepare.prepare_data_path(tmp_path) == "data path"
    assert prepare.prepare_bundle(0) == f"probes 1 of {BUNDLES}"


def test_kernels_that_cannot_be_kept_are_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder to keep them in, one line says what to do."""
    monkeypatch.setattr(prepare, "BASE_FOLDER", None)
    monkeypatch.setattr(prepare, "INTERPRETED", False)
    with pytest.raises(AnnotatorError, match="ANNOTATOR_CACHE_DIR"):
        prepare.prepare()


@pytest.mark.slow
def test_after_preparing_no_run_compiles_anything(tmp_path: Path, samples: Path) -> None:
    """The cache holds every kernel that the samples need, filters included; prepare again has nothing to add."""
    made = annotate("--prepare", ANNOTATOR_CACHE_DIR=str(tmp_path))
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    before = kernels(tmp_path)
    names = {name.rpartition("-")[0] for name in before}
    assert names >= {f"judge_{bundle}" for bundle in range(BUNDLES)} | {"decode_packets", "update", "nominate_all"}
    captures = sorted(str(path) for path in samples.glob("*.pcap*"))
    environment = {"ANNOTATOR_CACHE_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", ANALYSE, *captures], env=environment, check=True, timeout=300)
    assert kernels(tmp_path) == before
    shown = on_terminal("--prepare", stream="stderr", ANNOTATOR_CACHE_DIR=str(tmp_path))
    assert "compiling" in shown
    assert kernels(tmp_path) == before
