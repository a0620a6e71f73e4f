"""Accounts of plain Python: they add up over runs, and a broken one is none."""

from pathlib import Path

import pytest

from annotator.kernel.patience import SUFFIX, note, taken


def test_runs_add_up(tmp_path: Path) -> None:
    """Each name has an account of its own, which begins at nothing."""
    assert taken(tmp_path, "judge") == 0
    note(tmp_path, "judge", 0.25)
    note(tmp_path, "judge", 0.5)
    assert (taken(tmp_path, "judge"), taken(tmp_path, "other")) == (0.75, 0)


@pytest.mark.parametrize("content", [b"", b"many", b"nan", b"inf", b"-3", b"1e99", b"\xff\xfe", b"1.5 2.5"])
def test_what_is_no_account_counts_for_nothing(tmp_path: Path, content: bytes) -> None:
    """Whatever stands there, the next note begins anew."""
    (tmp_path / f"judge{SUFFIX}").write_bytes(content)
    assert taken(tmp_path, "judge") == 0
    note(tmp_path, "judge", 0.5)
    assert taken(tmp_path, "judge") == 0.5


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    """Neither a cache that is not there nor one that cannot be written stops a run."""
    for folder in (None, tmp_path / "nowhere"):
        note(folder, "judge", 1.0)
        assert taken(folder, "judge") == 0
