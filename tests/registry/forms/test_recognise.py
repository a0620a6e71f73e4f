"""The form of a file is told by its content."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import RegistryError
from annotator.registry.forms.recognise import read_form

from ..making import csv_of


@pytest.mark.parametrize(
    ("file", "form", "count"),
    [
        ("iana-2026-08-17.csv", "csv", 14533),
        ("iana-2018-02-12.csv", "csv", 14058),
        ("iana-2026-08-17.xml", "xml", 14533),
        ("iana-2026-08-17.txt", "txt", 14533),
        ("seed-page.txt", "page", 101),
        ("seed-rows.csv", "csv", 101),
    ],
)
def test_each_form_is_recognised_whatever_its_name(iana: Path, file: str, form: str, count: int) -> None:
    """The name given to messages has no ending here."""
    imported = read_form((iana / file).read_bytes(), "a file")
    assert (imported.form, len(imported.records)) == (form, count)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "none of the forms"),
        (b"\0" * 5000, "none of the forms"),
        (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "an HTML page"),
        (b'<?xml version="1.0"?><html xmlns="x">', "an HTML page"),
        (csv_of(), "no record"),
        (b"name,port\nhttp,80\n", "none of the forms"),
    ],
    ids=["empty", "zeros", "an error page", "XHTML", "titles alone", "another CSV"],
)
def test_what_is_no_registry_is_one_clear_error(data: bytes, words: str) -> None:
    """It says what it is, and which forms there are."""
    with pytest.raises(RegistryError, match="a file") as caught:
        read_form(data, "a file")
    assert words in str(caught.value)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_give_a_registry_or_one_clear_error(data: bytes) -> None:
    """Never anything else."""
    with pytest.raises(RegistryError):
        read_form(data, "a file")
