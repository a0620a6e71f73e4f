"""The README is true: its output is real, its tables are generated, its examples run.

``python -m tests.test_readme`` writes the generated parts anew.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.cli import COMMANDS
from annotator.report.columns import flow_table_markdown
from annotator.report.formats import FORMATS
from tests.cli.test_main import ANNOTATE

REPOSITORY = Path(__file__).resolve().parents[1]
README = REPOSITORY / "README.md"
PART = re.compile(
    r"(<!-- (output: (?P<command>.*?), up to (?P<end>.*?)|columns) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL
)


def generated(part: re.Match[str]) -> str:
    """Make the body of a generated part."""
    if part["command"] is None:
        return flow_table_markdown()
    words = shlex.split(part["command"])[1:]
    environment = os.environ | {"COLUMNS": "100"}
    made = subprocess.run(
        [*ANNOTATE, *words], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    shown = made.stdout[: made.stdout.index(f"\n{part['end']}")]
    return f"```text\n{shown}```\n"


def blocks(language: str) -> list[str]:
    """Give the code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Give every example of the command that is no installation."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith("annotate ")]


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder in which the examples find the samples."""
    (tmp_path / "samples").symlink_to(REPOSITORY / "samples")
    return tmp_path


def test_generated_parts_are_up_to_date() -> None:
    """The output shown is what the command prints, the column table what the schema says."""
    parts = list(PART.finditer(README.read_text("utf-8")))
    assert len(parts) == 2
    for part in parts:
        assert part["body"] == generated(part), "run python -m tests.test_readme"


@pytest.mark.parametrize("command", commands())
def test_commands_run(workplace: Path, command: str) -> None:
    """Every example of the command does what it is said to do."""
    words = shlex.split(command, comments=True)[1:]
    subprocess.run([*ANNOTATE, *words], cwd=workplace, capture_output=True, check=True)
    for place, word in enumerate(words):
        if word == "-o":
            assert (workplace / words[place + 1]).stat().st_size > 0


def test_python_examples_run(workplace: Path) -> None:
    """The Python blocks run one after the other, in a folder where the shown commands have been run."""
    subprocess.run([*ANNOTATE, "samples/office.pcapng", "-o", "flows.csv"], cwd=workplace, check=True)
    for block in blocks("python"):
        made = subprocess.run([sys.executable, "-c", block], cwd=workplace, capture_output=True, text=True, check=True)
        assert made.stdout


def test_readme_names_every_format_and_command() -> None:
    """No format or command is left unmentioned."""
    text = README.read_text("utf-8")
    for name in (*FORMATS, *(f"annotate {command}" for command in COMMANDS)):
        assert f"`{name}`" in text or name in text


def test_links_lead_somewhere() -> None:
    """Files that the README points to are there."""
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8")):
        assert (REPOSITORY / target).exists(), target


if __name__ == "__main__":
    text = README.read_text("utf-8")
    README.write_text(PART.sub(lambda part: part[1] + generated(part) + "<!-- end -->", text), "utf-8")
