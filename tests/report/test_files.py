"""Output files appear whole or not at all, and replace nothing unasked."""

import os
import stat
import threading
from pathlib import Path

import pytest

from annotator.errors import OutputError
from annotator.report.files import Target


def write(path: Path, data: bytes = b"new", force: bool = False) -> None:
    with Target(path, force).open() as file:
        file.write(data)


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    """Nothing stands under the name while the file is being written."""
    path = tmp_path / "flows.csv"
    with Target(path).open() as file:
        file.write(b"half")
        file.flush()
        assert not path.exists()
    assert path.read_bytes() == b"half"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_a_failure_leaves_no_trace(tmp_path: Path, error: type[BaseException]) -> None:
    """Whatever ends the writing early, neither a half file nor a temporary one is left."""

    def fail() -> None:
        with Target(tmp_path / "flows.csv").open() as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    """Without force an existing file is refused, before any work, with the remedy."""
    path = tmp_path / "flows.csv"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match="exists already; give --force"):
        Target(path)
    assert path.read_bytes() == b"old"


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    """Somebody who was faster wins."""
    path = tmp_path / "flows.csv"

    def lose_the_race() -> None:
        with Target(path).open() as file:
            file.write(b"new")
            path.write_bytes(b"other")

    with pytest.raises(OutputError, match="exists already"):
        lose_the_race()
    assert path.read_bytes() == b"other"
    assert list(tmp_path.iterdir()) == [path]


def test_force_replaces_and_keeps_the_rights(tmp_path: Path) -> None:
    """The new file stands in the old one's place with the old one's mode."""
    path = tmp_path / "flows.csv"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write(path, force=True)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_has_the_users_rights(tmp_path: Path) -> None:
    """The umask decides, as it does for any file."""
    before = os.umask(0o027)
    try:
        write(tmp_path / "flows.csv")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "flows.csv").stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """A symbolic link is written through."""
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("name", "message"),
    [("nowhere/flows.csv", "no folder 'nowhere'"), (".", "is a folder"), ("x" * 300, "cannot be written")],
)
def test_impossible_places_are_refused_at_once(tmp_path: Path, name: str, message: str) -> None:
    """A place that cannot be written to is told before the work."""
    with pytest.raises(OutputError, match=message):
        Target(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_unwritable_folder_is_refused_at_once(tmp_path: Path) -> None:
    """So is a folder without the right to write."""
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="no right to write"):
        Target(tmp_path / "flows.csv")


def test_a_full_disk_is_one_line() -> None:
    """No space left is an error with a remedy, not a traceback."""
    with pytest.raises(OutputError, match="No space left"):
        write(Path("/dev/full"))


def test_pipes_are_written_directly(tmp_path: Path) -> None:
    """What is no regular file needs no force and gets the bytes as they come."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write(pipe)
    reader.join(10)
    assert got == [b"new"]


def test_same_file_is_known_by_any_name(tmp_path: Path) -> None:
    """An input is recognised through links and detours."""
    path, link = tmp_path / "a.csv", tmp_path / "b.csv"
    link.symlink_to(path)
    assert Target(path).same_as(tmp_path / ".." / tmp_path.name / "b.csv")
    assert not Target(path).same_as(tmp_path / "c.csv")
