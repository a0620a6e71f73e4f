"""One cache folder for each state of the sources, private to the user."""

import os
import shutil
import time
from pathlib import Path

import pytest

from annotator.kernel import cache


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the user's choice."""
    monkeypatch.setenv("ANNOTATOR_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(cache, "INTERPRETED", False)
    return tmp_path / "kernels"


def test_cache_is_a_private_folder_where_the_user_says(base: Path) -> None:
    """$ANNOTATOR_CACHE_DIR holds the cache, readable and writable by its owner alone."""
    folder = cache._base_folder()
    assert folder == base
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_can_write_is_not_used(base: Path, mode: int) -> None:
    """Cached kernels are code that will be run, so a folder that others can write to is refused."""
    base.mkdir(parents=True)
    base.chmod(mode)
    assert cache._base_folder() is None


def test_no_folder_means_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no folder can be made, kernels are compiled without a cache, and nothing fails."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ANNOTATOR_CACHE_DIR", str(tmp_path / "file"))
    monkeypatch.setattr(cache, "INTERPRETED", False)
    assert cache._base_folder() is None


def test_cache_folders_out_of_use_are_deleted(base: Path) -> None:
    """A folder of other sources, or its mark, goes once it was not used for STALE_DAYS; a fresh one stays."""
    for name, days in (("old", cache.STALE_DAYS + 1), ("recent", cache.STALE_DAYS - 1)):
        (base / name).mkdir(parents=True)
        (base / f"prepared-{name}").touch()
        then = time.time() - days * 86400
        for made in (base / name, base / f"prepared-{name}"):
            os.utime(made, (then, then))
    base.chmod(0o700)
    assert cache._base_folder() is not None
    assert {made.name for made in base.iterdir()} == {"recent", "prepared-recent"}


@pytest.mark.parametrize(
    ("kernels", "changed", "recompiled"),
    [
        ("flow/table.py", "flow/table.py", True),
        ("flow/table.py", "kernel/load.py", True),
        ("flow/table.py", "model.py", True),
        ("flow/table.py", "decode/ethertype.py", True),  # by way of flow/key.py
        ("decode/batch.py", "decode/ip.py", True),
        ("decode/batch.py", "flow/table.py", False),
        ("capture/pcap.py", "capture/batch.py", True),
        ("evidence/probes/ssh.py", "evidence/probe.py", True),
        ("evidence/probes/ssh.py", "evidence/probes/tls.py", False),
        ("evidence/probes/ssh.py", "flow/table.py", False),
        ("flow/table.py", "kernel/jit.py", True),  # and what makes machine code of it
        ("flow/table.py", "kernel/compiler.py", True),
        ("flow/table.py", "kernel/intrinsics.py", True),
        ("flow/table.py", "kernel/machine_code.py", True),
    ],
)
def test_a_kernel_is_keyed_by_all_that_it_is_made_of(kernels: str, changed: str, recompiled: bool) -> None:
    """A changed callee never meets a stale caller, and what has nothing to do with a change stays compiled."""
    assert (str(cache.PACKAGE / changed) in cache._sources(cache.PACKAGE / kernels)) is recompiled


def test_a_changed_source_changes_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder's name is a hash of the text of every source."""
    copy = tmp_path / "annotator"
    shutil.copytree(cache.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "data"))
    monkeypatch.setattr(cache, "PACKAGE", copy)
    files = [str(copy / "model.py"), str(copy / "flow" / "table.py")]
    before = cache._fingerprint(files)
    with Path(files[1]).open("a") as file:
        file.write("# another comment\n")
    cache._read.cache_clear()
    cache._digest.cache_clear()
    assert cache._fingerprint(files) != before


def test_prepared_is_known_to_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that compiled everything leaves a mark, and without a cache nothing is ever prepared."""
    monkeypatch.setattr(cache, "INTERPRETED", False)
    monkeypatch.setattr(cache, "BASE_FOLDER", tmp_path)
    assert not cache.prepared()
    cache.mark_prepared()
    assert cache.prepared()
    monkeypatch.setattr(cache, "BASE_FOLDER", None)
    cache.mark_prepared()
    assert not cache.prepared()
