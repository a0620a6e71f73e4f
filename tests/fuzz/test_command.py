"""Damaged captures through the whole command; ``ANNOTATOR_FUZZ_COMMAND`` is how many the quick test tries."""

import os
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

QUICK, LONG = os.environ.get("ANNOTATOR_FUZZ_COMMAND", "20"), "1000"


def run(count: str) -> str:
    """Run the program as a person would, as its children must not be this process's; gives what it says."""
    command = [sys.executable, "-m", "tests.fuzz.command", "--count", count]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_few_damaged_captures_end_well() -> None:
    """Each is reported on, or refused in one line."""
    assert run(QUICK).startswith(f"{QUICK} captures")


@pytest.mark.slow
def test_a_thousand_damaged_captures_end_well() -> None:
    """The same with many."""
    assert run(LONG).startswith("1,000 captures")
