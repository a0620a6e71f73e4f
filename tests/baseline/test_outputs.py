"""The forms of a check."""

import pytest

from annotator.baseline.outputs import FORMS, encode, form_of
from annotator.errors import UsageError
from tests.baseline.checking import some_of_each


def test_the_ending_tells_the_form() -> None:
    """Unless it is said; an unknown one is refused with those that are known."""
    assert [form_of(f"x{ending}") for ending in FORMS.values()] == list(FORMS)
    assert form_of("x.XML") == "junit"
    assert form_of("x", "sarif") == "sarif"
    with pytest.raises(UsageError, match=r"\.sarif"):
        form_of("x.pdf")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written_the_same_each_time(form: str) -> None:
    """And says what is wrong."""
    made = b"".join(encode(some_of_each(), form))
    assert made == b"".join(encode(some_of_each(), form))
    assert b"10.0.0.7 22/tcp (ssh)" in made
