"""A check for people."""

from annotator.baseline.as_text import encode
from annotator.registry import NOTICE
from tests.baseline.checking import BEFORE, checked, some_of_each


def test_the_first_line_tells_all_and_the_rest_what() -> None:
    """One line where all is well; marks, lines of the baseline and the notice where it is not."""
    assert b"".join(encode(checked(BEFORE))).decode().count("\n") == 1
    text = b"".join(encode(some_of_each())).decode()
    lines = text.splitlines()
    assert lines[0].startswith("baseline violated: ")
    assert [line[0] for line in lines if line[:2] in ("+ ", "~ ", "- ")] == ["+", "+", "~", "~", "-"]
    assert max(map(len, lines)) <= 120
    assert " ".join(NOTICE.split()) in " ".join(text.split())


def test_what_is_allowed_says_so() -> None:
    """Gone, and no violation."""
    assert "gone (allowed), line" in b"".join(encode(checked(BEFORE[1:], allow_gone=True))).decode()
