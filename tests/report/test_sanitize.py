"""Foreign text is harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.report.sanitize import LABEL_LIMIT, cell, clean, clean_words, markdown

ATTACKS = {
    "ansi": "\x1b[31mred\x1b[0m",
    "c1": "\x9b2J",
    "newline": "one\ntwo\r\nthree",
    "line separator": "one\u2028two\u2029",
    "bidi": "\u202egnp.exe\u2066",
    "zero width": "pay\u200bpal\ufeff",
    "nul": "a\0b",
    "surrogate": "a\udcff",
    "unassigned": "\U000e0001\ufffe",
}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_clean_shows_what_it_disarms(text: str) -> None:
    """Every control, format and unassigned character becomes a visible escape; nothing is dropped."""
    cleaned = clean(text)
    assert cleaned.isprintable()
    for character in text:
        escape = f"{ord(character):x}"
        assert character in cleaned or escape in cleaned


@given(st.text())
def test_clean_gives_one_printable_line(text: str) -> None:
    """Whatever goes in, one bounded line of printable characters comes out, and twice is no more than once."""
    cleaned = clean(text)
    assert cleaned.isprintable()
    assert len(cleaned) <= 10 * LABEL_LIMIT
    assert clean(cleaned, len(cleaned)) == cleaned
    cleaned.encode()  # no surrogate is left


def test_clean_leaves_ordinary_text_alone() -> None:
    """Names in any script pass unchanged."""
    for text in ("office.pcapng", "Übergröße.pcap", "снимок.pcap", "キャプチャ.pcap", "a b"):
        assert clean(text) == text


def test_clean_cuts_long_text() -> None:
    """64 KB of label become a bounded one that says so."""
    assert clean("x" * 65536) == "x" * (LABEL_LIMIT - 1) + "…"


def test_clean_words_joins_lines_of_prose() -> None:
    """White space of any kind in prose is one space."""
    assert clean_words(" Intuit\n  Entitlement\tService \r\n") == "Intuit Entitlement Service"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])  # noqa: RUF001 (full width, on purpose)
def test_cell_disarms_formulas(start: str) -> None:
    """A text that a spreadsheet would run gets an apostrophe before it."""
    assert cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_cell_leaves_other_text_alone() -> None:
    """Anything else is left as it is."""
    for text in ("", "http", "1:LQU9qZlK+B5F3KDmev6m5PMibrg=", "a=b", "914c/g"):
        assert cell(text) == text


def test_markdown_escapes_what_is_active() -> None:
    """No element, link, table cell or emphasis can be made by foreign text."""
    assert markdown("<script>a|b</script>") == "\\<script\\>a\\|b\\</script\\>"
    assert markdown("[x](http://evil.example)") == "\\[x\\](http:\\//evil.example)"
    assert markdown("`*_~$&#`") == "\\`\\*\\_\\~\\$\\&\\#\\`"
    assert markdown("443/tcp (https), de-assigned 2024-01-05") == "443/tcp (https), de-assigned 2024-01-05"


def test_markdown_begins_no_list() -> None:
    """A text that stands in a list's item is not taken for a list of its own."""
    for text, escaped in {
        "- a": "\\- a",
        "-": "\\-",
        "12. a": "12\\. a",
        "1) b": "1\\) b",
        "-5": "-5",
        "a - b": "a - b",
    }.items():
        assert markdown(text) == escaped
