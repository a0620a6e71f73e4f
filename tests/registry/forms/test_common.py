"""What every form has in common: clean text and whole records."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import RegistryError
from annotator.registry.forms.common import clean, decode, make_record
from annotator.registry.record import FIELDS, Record


def made(oddities: Counter[str] | None = None, **values: str) -> Record:
    fields = {field: values.get(field, "") for field in FIELDS[:12]}
    return make_record(fields, "here", Counter() if oddities is None else oddities)


@given(st.text())
def test_clean_text_is_one_line_without_control_characters(text: str) -> None:
    """Whatever comes in: no line break, no tab, no escape, no override of direction, no NUL, no lone surrogate."""
    cleaned = clean(text, Counter())
    assert cleaned == " ".join(cleaned.split())
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in cleaned)
    assert not set(cleaned) & set("\u202e\u2066\u200f")
    cleaned.encode()


@pytest.mark.parametrize("text", ["Multi\nline", "Multi\r\nline", "  Multi \t line "])
def test_white_space_is_normalised(text: str) -> None:
    """IANA wrote a break as a space until 2024 and as a newline since: both are one space here."""
    assert clean(text, Counter()) == "Multi line"


def test_mojibake_of_iana_is_kept() -> None:
    """What IANA's own data holds is shown as it stands."""
    assert clean("Ari\u221a\u00b4n Huisken", Counter()) == "Ari\u221a\u00b4n Huisken"


def test_control_characters_are_counted() -> None:
    """An oddity says so."""
    oddities: Counter[str] = Counter()
    assert made(oddities, service_name="x\x1b[31m").service_name == "x\ufffd[31m"
    assert sum(oddities.values()) == 1


@pytest.mark.parametrize("ports", ["70000", "80-", "http", "9-1"])
def test_a_port_that_is_none_is_one_clear_error(ports: str) -> None:
    """It says where it stands."""
    with pytest.raises(RegistryError, match="here: "):
        made(port_range=ports)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"port_range": "50000", "service_name": "x"}, "dynamic"),
        ({"transport": "ddp"}, "transport"),
        ({"registration_date": "yesterday"}, "date"),
    ],
)
def test_oddities_are_counted(values: dict[str, str], word: str) -> None:
    """The record is kept."""
    oddities: Counter[str] = Counter()
    made(oddities, **values)
    assert [word in oddity for oddity in oddities] == [True]


def test_bytes_that_are_not_utf_8_are_shown_and_counted() -> None:
    """A file in another encoding is read as far as it goes."""
    oddities: Counter[str] = Counter()
    assert decode(b"\xef\xbb\xbfAri\xebn", oddities) == "Ari\ufffdn"
    assert sum(oddities.values()) == 1
