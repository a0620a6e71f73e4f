"""What a page is made of: complete, licensed, unchanged, and allowed by its hash."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest

from annotator.report.html import assets
from tests.conftest import REPOSITORY


def test_every_block_is_allowed_by_its_hash() -> None:
    """The policy names the hash of exactly the text that stands between the tags."""
    policy = assets.policy()
    for block in (*assets.scripts(), *assets.styles()):
        digest = b64encode(sha256(block.text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


@pytest.mark.parametrize("library", assets.LIBRARIES, ids=lambda library: library.name)
def test_a_library_stands_in_the_page_with_its_licence(library: assets.Library) -> None:
    """Its licence's text is above its script and its style, as the licence asks."""
    licence = assets.read(f"libraries/{library.licence}").strip()
    for blocks, name in ((assets.scripts(), library.script), (assets.styles(), library.style)):
        text = assets.read(f"libraries/{name}")[:2000]
        (block,) = [block for block in blocks if text[:500] in block.text]
        assert licence in block.text


def test_the_version_is_that_of_the_file() -> None:
    """The files say by themselves which version they are."""
    tabulator, uplot = assets.LIBRARIES
    assert f"Tabulator v{tabulator.version} " in assets.read(f"libraries/{tabulator.script}")[:200]
    assert f"uPlot (v{uplot.version})" in assets.read(f"libraries/{uplot.script}")[:400]


def test_no_block_points_elsewhere() -> None:
    """No source map, no import, no address to load from, no code made from text."""
    for block in (*assets.scripts(), *assets.styles()):
        for word in ("sourceMappingURL", "@import", "importScripts", "eval(", "new Function"):
            assert word not in block.text


def test_every_file_is_package_data() -> None:
    """A wheel holds what the page is made of: pyproject names the folders, and the folders hold nothing else."""
    folder = files("annotator.report.html")
    names = {file.name for file in folder.iterdir() if not file.name.endswith((".py", "__"))}
    assert names == {"libraries", "page.css", "page.js", "page.html.jinja"}
    libraries = {file.name for file in folder.joinpath("libraries").iterdir()}
    assert libraries == {name for lib in assets.LIBRARIES for name in (lib.script, lib.style, lib.licence)}
    text = Path(REPOSITORY, "pyproject.toml").read_text("utf-8")
    assert '"report/html/*"' in text
    assert '"report/html/libraries/*"' in text
