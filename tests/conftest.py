"""What every test may use: where the optional folder of real captures is."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# kernels are compiled when they are first called, so the first example of a property may take seconds
settings.register_profile("annotator", deadline=None)
settings.load_profile("annotator")

REPOSITORY = Path(__file__).resolve().parent.parent


def find_shared() -> Path | None:
    """Give the folder of real captures, or None: ``$ANNOTATOR_SHARED``, else ``../shared`` beside the repository."""
    named = os.environ.get("ANNOTATOR_SHARED")
    folder = Path(named) if named else REPOSITORY.parent / "shared"
    return folder if (folder / "captures" / "INDEX.csv").is_file() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real captures with known answers; tests that need it are skipped where it is absent."""
    folder = find_shared()
    if folder is None:
        pytest.skip("the folder of real captures is not here (set ANNOTATOR_SHARED, or put it at ../shared)")
    return folder


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the project's own captures."""
    return REPOSITORY / "samples"
