"""Words that the registry speaks, without what is slow to import."""

import subprocess
import sys

from annotator.words import RangeClass, Status


def test_words_are_the_public_spelling() -> None:
    """The member's name in lower case."""
    assert Status.NOT_LISTED.word == "not_listed"
    assert RangeClass.words() == ["system", "user", "dynamic", "none"]


def test_words_come_without_numpy() -> None:
    """A lookup must not wait for NumPy, so importing the words does not import it."""
    code = "import sys, annotator.words; print('numpy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
