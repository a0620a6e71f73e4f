"""Nothing is left behind, at whatever moment of a folder's life the process is told to end."""

import gc
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from annotator.scratch import scratch_folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def use() -> None:
    """Fill a folder."""
    with scratch_folder() as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "file").write_text("something")


def test_the_folder_is_ours_alone_and_goes(temporary: Path) -> None:
    """With all that is in it, after an exception too."""
    with scratch_folder() as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
    use()
    with pytest.raises(FileNotFoundError), scratch_folder() as folder:
        (folder / "nowhere" / "file").touch()
    assert list(temporary.iterdir()) == []


def test_no_moment_leaves_it_behind(temporary: Path) -> None:
    """A signal's exception is raised where a function begins, or has returned: here, at each of them in turn."""
    for moment in range(1, 1000):
        passed = 0

        def trace(frame: FrameType, event: str, argument: Any, moment: int = moment) -> Any:
            nonlocal passed
            # raised as that function goes on, an error of a tracer's skips its ``finally``; a signal's does not
            here = frame.f_code.co_name == "scratch_folder"
            passed += event in ("call", "return") and not here
            if passed == moment:
                sys.settrace(None)
                raise KeyboardInterrupt
            return trace

        sys.settrace(trace)
        try:
            use()
        except KeyboardInterrupt:
            pass
        else:
            assert passed > 50
            return
        finally:
            sys.settrace(None)
            gc.collect()
        assert list(temporary.iterdir()) == [], f"at moment {moment}"
    pytest.fail("it never came to an end")
