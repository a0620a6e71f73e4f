"""The worked example is real: its commands run, and print what the page shows.

``python -m tests.test_worked_example`` writes the output anew.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "worked-example.md"
BLOCK = re.compile(r"^```(console|sh)\n(.*?)^```", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"<!-- file: (\S+)\n(.*?)-->", re.DOTALL)


def workplace(folder: Path) -> dict[str, str]:
    """Lay out the samples, the page's files and an ``annotate`` in a folder; gives the environment."""
    (folder / "samples").symlink_to(REPOSITORY / "samples")
    for name, text in FILE.findall(PAGE.read_text("utf-8")):
        (folder / name).write_text(text, "utf-8")
    tools = folder / ".bin"
    tools.mkdir()
    command = tools / "annotate"
    start = shlex.join([sys.executable, "-m", "annotator"])
    command.write_text(f'#!/bin/sh\nexec {start} "$@"\n', "utf-8")
    command.chmod(0o755)
    return os.environ | {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "COLUMNS": "100",
        "PYTHONPATH": str(REPOSITORY),
        "XDG_CONFIG_HOME": str(folder / ".config"),
    }


def played(text: str) -> str:
    """Run the commands of all blocks in order, and give the page with what the console ones print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = workplace(folder)

        def play(block: re.Match[str]) -> str:
            kind, body = block[1], block[2]
            lines = body.splitlines()
            commands = [line.removeprefix("$ ") for line in lines if kind == "sh" or line.startswith("$ ")]
            shown = []
            for command in commands:
                made = subprocess.run(
                    ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
                )
                assert made.returncode == 0, f"{command}: {made.stderr}"
                shown.append(f"$ {command}\n{made.stdout}")
            return block[0] if kind == "sh" else f"```console\n{''.join(shown)}```"

        return BLOCK.sub(play, text)


@pytest.mark.skipif(not shutil.which("tshark"), reason="the example asks tshark too")
def test_the_example_prints_what_it_shows() -> None:
    """Every command succeeds, with the output that stands below it."""
    text = PAGE.read_text("utf-8")
    assert played(text) == text, "run python -m tests.test_worked_example"


@pytest.mark.parametrize("page", ["docs/worked-example.md", "docs/reports.md"])
def test_links_and_pictures_are_there(page: str) -> None:
    """What the pages point to exists, and every picture says what is on it; none is heavy."""
    text = (REPOSITORY / page).read_text("utf-8")
    targets = re.findall(r"\]\(([^)#:]+)\)", text)
    assert targets
    for target in targets:
        assert (REPOSITORY / "docs" / target).exists(), target
    for words, picture in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text):
        assert len(words) > 10
        assert (REPOSITORY / "docs" / picture).stat().st_size < 160_000


if __name__ == "__main__":
    PAGE.write_text(played(PAGE.read_text("utf-8")), "utf-8")
