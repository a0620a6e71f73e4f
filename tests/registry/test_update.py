"""Updates against a real server on the loopback address; whatever happens, the registry in use stays one that works."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotator.registry.loading import load_chosen
from annotator.registry.store import Store
from annotator.registry.update import install, update, update_from
from annotator.words import Status

from .making import names, refusal
from .server import ETAG, Server, serving, whole_registry

OLD, NEW = whole_registry(newest="2026-09-01"), whole_registry(extra="Novelty", newest="2026-09-02")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that has the new registry."""
    with serving(NEW) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in which the old registry is in use."""
    store = Store(tmp_path / "registry")
    path = tmp_path / "old.csv"
    path.write_bytes(OLD)
    update_from(store, path)
    return store


def in_use(store: Store) -> str:
    """Say which of the two is in use, by asking it: it works, then."""
    registry = load_chosen(store)
    assert registry.entry("tcp", 22).service == "ssh"
    assert registry.entry("tcp", 1024 + 5).status is Status.ASSIGNED
    return {"Novelty": "new", "": "old"}[registry.entry("tcp", 500).description]


def test_fresh(server: Server, store: Store) -> None:
    """The new registry is in use, the difference is told, the old one is kept for rollback."""
    result = update(store, server.url("fresh"))
    assert in_use(store) == "new"
    assert result.info.source == server.url("fresh")
    assert result.diff is not None
    assert [change.fields for change in result.diff.changed] == [("description", "registration_date")]
    assert not result.diff.added
    assert not result.diff.removed
    store.rollback()
    assert in_use(store) == "old"


def test_not_modified(server: Server, store: Store) -> None:
    """The second time both conditions are sent, nothing is transferred, and the registry stays in use."""
    update(store, server.url("fresh"))
    result = update(store, server.url("fresh"))
    assert result.diff is None
    assert server.requests[1]["If-None-Match"] == ETAG
    assert in_use(store) == "new"
    assert store.rollback() != store.state().chosen or in_use(store) == "old"


def test_not_modified_after_a_rollback_uses_the_newest_again(server: Server, store: Store) -> None:
    """An update means the newest, whatever was in use in between."""
    update(store, server.url("fresh"))
    store.rollback()
    assert in_use(store) == "old"
    update(store, server.url("fresh"))
    assert in_use(store) == "new"


def test_a_registry_that_is_gone_from_the_folder_is_fetched_again(server: Server, store: Store) -> None:
    """No condition is sent for what is not there any more."""
    update(store, server.url("fresh"))
    store.path(store.state().chosen).unlink()
    store.rollback()
    update(store, server.url("fresh"))
    assert "If-None-Match" not in server.requests[-1]
    assert in_use(store) == "new"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("drip", "not there after 0.5 s"),
        ("silent", "not there after 0.5 s"),
        ("cut", "cut short"),
        ("cut_chunks", "cut short"),
        ("cut_unseen", "any whole registry has 14000 or more"),
        ("huge", "more than"),
        ("html", "an HTML page"),
        ("few", "10 records"),
        ("busy", "503"),
        ("never_modified", "304 to an unconditional request"),
    ],
)
def test_what_goes_wrong_leaves_the_old_registry(server: Server, store: Store, path: str, words: str) -> None:
    """Slow, cut short, oversize, an error page with status 200, a file of 10 rows: one clear error each."""
    before = names(store.folder)
    message = refusal(lambda: update(store, server.url(path), timeout_s=0.5 if "0.5 s" in words else 30.0))
    assert words in message
    assert "\n" not in message
    assert in_use(store) == "old"
    assert names(store.folder) == before


def test_an_older_registry_needs_force(server: Server, store: Store) -> None:
    """A server's cache may go back in time; the user may want to."""
    server.body = whole_registry(newest="2020-01-01")
    assert "--force" in refusal(lambda: update(store, server.url("fresh")))
    update(store, server.url("fresh"), force=True)
    assert load_chosen(store).info.updated == "2020-01-01"


def test_the_same_file_changes_nothing(server: Server, store: Store) -> None:
    """Fetched again without a condition: it is known by its hash."""
    server.body = OLD
    assert update(store, server.url("fresh")).diff is None
    assert in_use(store) == "old"
    assert store.state().before == ("embedded",)


def forked(action: Callable[[], object], prepare: Callable[[], object]) -> str:
    """Do something in a process of its own, prepared so that it must fail, and return the words of the refusal."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            prepare()
            os.write(sending, refusal(action).encode() or b"(it worked)")
        except BaseException as error:  # noqa: BLE001, RUF100 (whatever it is, the parent must hear of it)
            os.write(sending, repr(error).encode())
        finally:
            os._exit(0)
    os.close(sending)
    os.waitpid(child, 0)
    with os.fdopen(receiving, "rb") as words:
        return words.read().decode()


@pytest.fixture
def open_store() -> Iterator[Store]:
    """A store that other users may look at, with the old registry in use."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own folders are closed to other users
    folder.chmod(0o755)
    store = Store(folder / "registry")
    old = folder / "old.csv"
    old.write_bytes(OLD)
    update_from(store, old)
    yield store
    shutil.rmtree(folder)


def test_permission_denied(server: Server, open_store: Store) -> None:
    """A user who may read the folder but not write it: told so; the old registry works."""

    def become_nobody() -> None:
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        else:
            open_store.folder.chmod(0o555)
            (open_store.folder / ".lock").chmod(0o444)

    words = forked(lambda: update(open_store, server.url("fresh")), become_nobody)
    assert "cannot be written (Permission denied)" in words
    assert "the registry in use stays as it was" in words
    assert in_use(open_store) == "old"


def test_no_room_left(server: Server, open_store: Store) -> None:
    """A file that cannot be written to its end: told so, no half of it stays, the old registry works."""
    before = names(open_store.folder)

    def leave_no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    words = forked(lambda: update(open_store, server.url("fresh")), leave_no_room)
    assert "cannot be written (File too large)" in words
    assert in_use(open_store) == "old"
    assert names(open_store.folder) == before


POWER_CUT = """
import os, pathlib, sys
from annotator.registry.store import Store
from annotator.registry.update import update

renames = 0
real = pathlib.Path.replace

def replace(self, target):
    global renames
    renames += 1
    if renames == int(sys.argv[3]):
        os.kill(os.getpid(), 9)
    return real(self, target)

pathlib.Path.replace = replace
update(Store(pathlib.Path(sys.argv[1])), sys.argv[2])
"""


@pytest.mark.parametrize("rename", [1, 2])
def test_a_power_cut_between_write_and_rename(server: Server, store: Store, rename: int) -> None:
    """Killed before the registry's file, or the state, takes its place: the old one works, and the next update too."""
    command = [sys.executable, "-c", POWER_CUT, str(store.folder), server.url("fresh"), str(rename)]
    assert subprocess.run(command, check=False).returncode == -9
    assert in_use(store) == "old"
    assert list(store.folder.glob(".*.part"))
    update(store, server.url("fresh"))
    assert in_use(store) == "new"
    assert not list(store.folder.glob(".*.part"))


def test_two_updates_at_once(server: Server, store: Store) -> None:
    """Two processes: both succeed, one after the other, and one step back is the old registry."""
    code = (
        "import sys, pathlib; from annotator.registry.store import Store; from annotator.registry.update import update;"
        "update(Store(pathlib.Path(sys.argv[1])), sys.argv[2])"
    )
    command = [sys.executable, "-c", code, str(store.folder), server.url("fresh")]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert in_use(store) == "new"
    store.rollback()
    assert in_use(store) == "old"


def test_a_file_takes_the_place_as_a_fetch_does(store: Store, tmp_path: Path) -> None:
    """With the same checks."""
    path = tmp_path / "new.csv"
    path.write_bytes(NEW)
    assert update_from(store, path).info.source == str(path)
    assert in_use(store) == "new"
    path.write_bytes(NEW[:-80])
    assert "damaged" in refusal(lambda: update_from(store, path))
    assert in_use(store) == "new"


def test_a_file_is_installed_without_being_used(store: Store, iana: Path) -> None:
    """Whatever its size and form; notes, contacts and doubts are kept."""
    data = (iana / "seed-page.txt").read_bytes()
    made = install(store, data, "seed-page.txt")
    assert in_use(store) == "old"
    store.choose(made.info.sha256)
    registry = load_chosen(store)
    assert registry.info == made.info
    assert list(registry.records) == list(made.records)
    assert len(registry.annex.people) == 30
