"""IANA's notice stands word for word."""

from pathlib import Path

from annotator.registry.notice import APPLY_URL, NOTICE, REGISTRATION
from annotator.words import RangeClass


def test_the_notice_is_what_stands_between_the_rows_of_asterisks(iana: Path) -> None:
    """Word for word: the box's asterisks and line breaks aside, nothing differs."""
    box = (iana / "seed-page.txt").read_text("utf-8").split("*" * 72)[1]
    words = " ".join(line.strip("* ") for line in box.splitlines()).split()
    assert NOTICE.split() == words


def test_the_notice_has_two_paragraphs() -> None:
    """The lines of each paragraph of the box are joined."""
    first, gap, second = NOTICE.split("\n")
    assert (first, gap) == ("PLEASE NOTE THE FOLLOWING:", "")
    assert second.startswith("ASSIGNMENT OF A PORT NUMBER")
    assert second.endswith("REGISTERED OR NOT.")


def test_ports_that_need_registration_name_where_to_ask() -> None:
    """System and User Ports are not to be used without registration; Dynamic Ports need none."""
    assert APPLY_URL in REGISTRATION[RangeClass.SYSTEM]
    assert APPLY_URL in REGISTRATION[RangeClass.USER]
    assert APPLY_URL not in REGISTRATION[RangeClass.DYNAMIC]
    assert set(REGISTRATION) == set(RangeClass)
