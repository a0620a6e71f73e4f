"""The registries that the user installed, and which is in use."""

import json
from pathlib import Path

import pytest

from annotator.errors import RegistryError, UsageError
from annotator.registry.info import RegistryInfo
from annotator.registry.people import Annex
from annotator.registry.snapshot import encode_snapshot
from annotator.registry.store import EMBEDDED_NAME, Fetch, State, Store

from .making import names, record

ONE, TWO = "1" * 64, "2" * 64


def snapshot(sha256: str, updated: str) -> bytes:
    return encode_snapshot(RegistryInfo(updated, sha256, 1, "somewhere"), [record("x", "1")], Annex())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two registries, the second in use."""
    store = Store(tmp_path / "registry")
    store.install(snapshot(ONE, "2026-01-01"), ONE)
    store.install(snapshot(TWO, "2026-02-02"), TWO)
    store.choose(ONE)
    store.choose(TWO)
    return store


def test_nothing_is_made_before_something_is_installed(tmp_path: Path) -> None:
    """Looking does not write; the embedded registry is in use."""
    store = Store(tmp_path / "registry")
    assert (store.chosen(), store.installed()) == (None, [])
    assert not (tmp_path / "registry").exists()


def test_the_folder_is_among_the_users_data(own_folders: Path) -> None:
    """As the XDG base directory specification has it."""
    assert Store().folder == own_folders / "data" / "annotator" / "registry"


def test_what_is_chosen_is_in_use_until_it_is_rolled_back(store: Store) -> None:
    """Back to the one before, and to the embedded one in the end."""
    assert store.chosen() == TWO
    assert store.rollback() == ONE
    assert store.chosen() == ONE
    assert store.rollback() == EMBEDDED_NAME
    assert store.chosen() is None
    with pytest.raises(UsageError, match="before this one"):
        store.rollback()


def test_choosing_the_same_again_is_no_step(store: Store) -> None:
    """So that rollback goes to another one."""
    store.choose(TWO)
    assert store.rollback() == ONE


def test_steps_back_are_bounded(store: Store) -> None:
    """The state does not grow for ever."""
    for _ in range(30):
        store.choose(ONE)
        store.choose(TWO)
    assert len(store.state().before) == 20


def test_what_a_server_said_is_kept(store: Store) -> None:
    """By URL, next to what was kept before."""
    store.choose(ONE, {"https://a.example": Fetch(ONE, '"x"', "then")})
    store.choose(TWO, {"https://b.example": Fetch(TWO)})
    assert store.state().fetches == {"https://a.example": Fetch(ONE, '"x"', "then"), "https://b.example": Fetch(TWO)}


@pytest.mark.parametrize(
    ("name", "found"), [("2026-01-01", ONE), ("222222", TWO), (TWO, TWO), ("embedded", "embedded")]
)
def test_an_installed_registry_is_found_by_date_or_hash(store: Store, name: str, found: str) -> None:
    """Six digits of the hash are enough."""
    assert store.find(name) == found


@pytest.mark.parametrize("name", ["2025-01-01", "11111", "", "x"])
def test_a_name_that_none_has_is_a_clear_error(store: Store, name: str) -> None:
    """It says which there are."""
    with pytest.raises(UsageError, match=r"2026-01-01 111111111111, 2026-02-02 222222222222; and embedded"):
        store.find(name)


def test_a_date_that_two_have_is_a_clear_error(store: Store) -> None:
    """One of them must be told by its hash."""
    store.install(snapshot("3" * 64, "2026-01-01"), "3" * 64)
    with pytest.raises(UsageError, match="more than one"):
        store.find("2026-01-01")


def test_a_damaged_installed_file_is_passed_over(store: Store) -> None:
    """The others are listed."""
    store.path("4" * 64).write_bytes(b"junk")
    assert [info.sha256 for info in store.installed()] == [ONE, TWO]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"chosen": 1}', '{"chosen":"x","before":1,"fetches":{}}', "\udc80"])
def test_a_damaged_state_is_a_clear_error_and_can_be_chosen_away(store: Store, text: str) -> None:
    """It says how; after that it is whole again."""
    (store.folder / "state.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(RegistryError, match="registry use embedded"):
        store.chosen()
    store.choose(EMBEDDED_NAME)
    assert store.state() == State()


def test_a_chosen_registry_that_is_gone_is_a_clear_error(store: Store) -> None:
    """It says how to choose another."""
    store.path(TWO).unlink()
    with pytest.raises(RegistryError, match="registry use embedded"):
        store.read(TWO)
    store.path(ONE).unlink()
    with pytest.raises(RegistryError, match="gone"):
        store.rollback()
    assert store.chosen() == TWO


def test_halves_of_files_are_cleared_away(store: Store) -> None:
    """What a power cut left goes with the next write; nothing is taken for a registry."""
    half = store.folder / f".{ONE}.snapshot.abc.part"
    half.write_bytes(b"half")
    assert len(store.installed()) == 2
    store.choose(ONE)
    assert not half.exists()


def test_a_place_that_cannot_be_written_is_a_clear_error() -> None:
    """The kernel lets nobody make a folder there, not even root."""
    with pytest.raises(RegistryError, match=r"cannot be written.*stays as it was"):
        Store(Path("/sys/annotator")).choose(ONE)


def test_a_file_in_the_folders_place_is_a_clear_error(tmp_path: Path) -> None:
    """Reading finds nothing installed; writing says why not."""
    (tmp_path / "registry").write_text("a file")
    store = Store(tmp_path / "registry")
    assert store.chosen() is None
    with pytest.raises(RegistryError, match="cannot be written"):
        store.choose(ONE)


def test_the_state_is_text_that_people_can_read(store: Store) -> None:
    """JSON, with the names that the class has."""
    assert json.loads((store.folder / "state.json").read_text()) == {
        "before": [EMBEDDED_NAME, ONE],
        "chosen": TWO,
        "fetches": {},
    }
    assert names(store.folder) == [".lock", f"{ONE}.snapshot", f"{TWO}.snapshot", "state.json"]
