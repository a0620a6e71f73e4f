"""IANA's files, where they are, and records to make registries of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.registry.forms.recognise import read_form
from annotator.registry.loading import known_texts, load
from annotator.registry.record import Record
from annotator.registry.registry import Registry

NEWEST = "2026-08-17"


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what the user of this machine has chosen out of the tests, and the tests out of it."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    return folder


@pytest.fixture(scope="session")
def iana(shared: Path) -> Path:
    """The folder of IANA's files; tests that need them are skipped where it is absent."""
    folder = shared / "registry"
    if not folder.is_dir():
        pytest.skip("IANA's files are not here")
    return folder


@pytest.fixture(scope="session")
def csv_records(iana: Path) -> list[Record]:
    """Every record of the newest CSV."""
    return read_form((iana / f"iana-{NEWEST}.csv").read_bytes(), "csv").records


@pytest.fixture(scope="session")
def full(iana: Path) -> Registry:
    """The newest registry with its notes and contacts."""
    return load(iana / f"iana-{NEWEST}.xml")


@pytest.fixture(scope="session")
def read(iana: Path) -> Callable[[str], list[Record]]:
    """Read one of IANA's files by name."""

    def records(name: str) -> list[Record]:
        return read_form((iana / name).read_bytes(), name, known_texts).records

    return records


@pytest.fixture(scope="session")
def embedded() -> Registry:
    """The registry that the package carries."""
    from annotator.registry.loading import load_embedded

    return load_embedded()
