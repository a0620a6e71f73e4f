"""TOML that people edit: lines of errors, and strings that stay strings."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import SiteError
from annotator.report.sanitize import clean
from annotator.toml_file import line_of, parse, read_text, string, strings

TEXT = """\
version = 1

[[it]]
note = '''
[[it]]
key = 7
'''
key = 1

[[it]]
key = 2
"""


def test_a_key_is_found_in_its_table() -> None:
    """What looks like a head inside a string is none; a key that is not there has the line of its table."""
    assert line_of(TEXT, "version") == 1
    assert line_of(TEXT, "key", "it", 2) == 11
    assert line_of(TEXT, "absent", "it", 2) == 10
    assert line_of("[[it]]\na = 1\n[[it]]\na = 2\n", "a", "it", 2) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = 1\nb = = 2\n", "x.toml, line 2: invalid value"),
        ("a = [", "x.toml, line 1: "),
        ("a = " + "[" * 5000, "x.toml: nested too deeply"),
    ],
)
def test_what_is_no_toml_is_one_line(text: str, words: str) -> None:
    """File and line, and no traceback, however it is wrong."""
    with pytest.raises(SiteError) as caught:
        parse(text, "x.toml", SiteError)
    assert str(caught.value).startswith(words)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """Missing, too large, or not UTF-8."""
    path = tmp_path / "x"
    with pytest.raises(SiteError, match="cannot be read"):
        read_text(path, 10, SiteError)
    path.write_bytes(b"a = 1\nb = \xff\n")
    with pytest.raises(SiteError, match="line 2: not UTF-8"):
        read_text(path, 100, SiteError)
    path.write_bytes(b"a" * 11)
    with pytest.raises(SiteError, match="larger than"):
        read_text(path, 10, SiteError)
    path.write_bytes(b"\xef\xbb\xbfa")
    assert read_text(path, 10, SiteError) == "a"


@given(st.lists(st.text()))
def test_any_cleaned_text_comes_back_from_a_string(texts: list[str]) -> None:
    """Quotes, backslashes and all: a TOML reader gives the same text, and nothing else."""
    made = [clean(text) for text in texts]
    assert tomllib.loads(f"a = {strings(made)}") == {"a": made}
    for text in made:
        assert tomllib.loads(f"a = {string(text)}") == {"a": text}
