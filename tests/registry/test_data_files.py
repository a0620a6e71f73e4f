"""The data that the package carries is where the code looks for it."""

import tomllib
from pathlib import Path

from annotator.registry import data_files


def test_every_file_is_there_and_belongs_to_the_package() -> None:
    """Data files are named in the packaging, so that an installed copy has them."""
    root = Path(__file__).parents[2]
    patterns = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["annotator"]
    packaged = {path for pattern in patterns for path in (root / "annotator").glob(pattern)}
    for path in (
        data_files.SNAPSHOT,
        data_files.SNAPSHOT.with_suffix(".json"),
        data_files.PROTOCOLS,
        data_files.DE_FACTO,
    ):
        assert path.is_file()
        assert path in packaged
