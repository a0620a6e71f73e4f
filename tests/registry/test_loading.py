"""Opening a registry."""

from pathlib import Path

import pytest

from annotator.errors import RegistryError
from annotator.registry.loading import known_texts, load, load_embedded
from annotator.registry.people import Annex
from annotator.registry.registry import Registry
from annotator.registry.snapshot import encode_snapshot
from annotator.registry.store import EMBEDDED_NAME, Store

from .making import csv_of, record, refusal, registry_of


def test_without_a_path_it_is_the_embedded_one() -> None:
    """Where the user chose no other."""
    assert load() is load_embedded()


def test_without_a_path_it_is_the_one_that_the_user_chose() -> None:
    """Until it is chosen away."""
    registry = registry_of([record("mine", "80", "tcp")])
    Store().install(encode_snapshot(registry.info, list(registry.records), Annex()), registry.info.sha256)
    Store().choose(registry.info.sha256)
    assert load().entry("tcp", 80).service == "mine"
    Store().choose(EMBEDDED_NAME)
    assert load() is load_embedded()


@pytest.mark.parametrize("as_text", [str, Path])
def test_a_file_in_a_form_of_ianas(tmp_path: Path, as_text: type) -> None:
    """By path, as text or not; what the user typed is the source."""
    path = tmp_path / "mine.csv"
    path.write_bytes(csv_of("mine,80,tcp,,,,,,,,,"))
    registry = load(as_text(path))
    assert registry.entry("tcp", 80).service == "mine"
    assert registry.info.source == str(path)


def test_a_compiled_snapshot(tmp_path: Path, embedded: Registry) -> None:
    """Told by its content."""
    path = tmp_path / "x"
    path.write_bytes(encode_snapshot(embedded.info, list(embedded.records), Annex()))
    assert load(path).info == embedded.info


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _path: None, "No such file"),
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.write_bytes(b""), "none of the forms"),
        (lambda path: path.write_bytes(bytes(100)), "none of the forms"),
        (lambda path: path.write_bytes(csv_of("x,99999,tcp,,,,,,,,,")), "line 2"),
    ],
    ids=["missing", "a folder", "empty", "zeros", "a bad port"],
)
def test_what_cannot_be_opened_is_one_clear_error(tmp_path: Path, make: object, words: str) -> None:
    """It names the file and says what is wanted."""
    path = tmp_path / "mine.csv"
    make(path)  # type: ignore[operator]
    message = refusal(lambda: load(path))
    assert message.startswith(str(path))
    assert words in message
    assert "\n" not in message


def test_a_file_that_is_too_large_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is an endless one."""
    monkeypatch.setattr("annotator.registry.loading.MAX_BYTES", 1000)
    with pytest.raises(RegistryError, match="larger than"):
        load("/dev/zero")


def test_a_damaged_choice_is_a_clear_error() -> None:
    """It says how to choose another; and that works."""
    Store().install(b"junk", "a" * 64)
    Store().choose("a" * 64)
    with pytest.raises(RegistryError, match="damaged"):
        load()
    Store().choose(EMBEDDED_NAME)
    assert load() is load_embedded()


def test_texts_that_are_known_of_a_record() -> None:
    """What helps to read IANA's plain text; nothing of a record that is not known."""
    assert known_texts("https", "443", "tcp") == {"http protocol over TLS/SSL"}
    assert known_texts("https", "444", "tcp") == frozenset()
