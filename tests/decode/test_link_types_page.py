"""The documentation's table of link types says what the code does."""

from annotator.decode.link import PLAIN, UNDESCRIBED
from annotator.decode.strip import DECODED
from tests.decode.link_types_page import NAMES, PAGE, page, rows


def test_the_page_is_up_to_date() -> None:
    """It is what the lists and the tests make; ``python -m tests.decode.link_types_page`` writes it anew."""
    assert PAGE.read_text() == page()


def test_every_link_type_has_its_row_and_every_name_its_use() -> None:
    """No known link type is left out, and no name stands for none."""
    made = rows()
    assert made.keys() >= {*PLAIN, *DECODED} - {UNDESCRIBED}
    assert made.keys() == NAMES.keys()
    assert len(set(NAMES.values())) == len(NAMES)
