"""IANA's plain text: the same records as the CSV, and honest where the layout does not tell."""

import dataclasses
from functools import partial
from pathlib import Path

import pytest

from annotator.errors import RegistryError
from annotator.registry.forms.txt_form import looks_like_txt, read_txt
from annotator.registry.loading import load
from annotator.registry.record import Record
from annotator.registry.registry import Registry

from ..making import refusal


@pytest.fixture(scope="module")
def text(iana: Path) -> bytes:
    """The newest plain text."""
    return (iana / "iana-2026-08-17.txt").read_bytes()


def test_the_text_of_a_date_gives_the_records_of_its_csv(iana: Path, csv_records: list[Record]) -> None:
    """All 14,533, field by field, and none doubtful."""
    registry = load(iana / "iana-2026-08-17.txt")
    assert list(registry.records) == csv_records
    assert (registry.info.form, registry.info.updated) == ("txt", "2026-08-17")


def test_without_knowing_any_text_every_error_is_marked(text: bytes, csv_records: list[Record]) -> None:
    """By layout and sense alone all but a handful are right, and each wrong field is one that is called doubtful."""
    found = read_txt(text, "x").records
    wrong = 0
    for mine, true in zip(found, csv_records, strict=True):
        plain = dataclasses.replace(mine, doubtful=())
        if plain != true:
            wrong += 1
            fields = [
                field.name
                for field in dataclasses.fields(true)
                if getattr(plain, field.name) != getattr(true, field.name)
            ]
            assert set(fields) - {"facts"} <= set(mine.doubtful)
    assert wrong <= 10


def test_name_port_transport_and_status_are_exact_without_any_help(text: bytes, csv_records: list[Record]) -> None:
    """They stand on the key line of each row."""
    fields = ("service_name", "port_range", "transport", "row_status")
    found = read_txt(text, "x").records
    assert [[getattr(r, f) for f in fields] for r in found] == [[getattr(r, f) for f in fields] for r in csv_records]


def test_contacts_and_footnotes_are_read(text: bytes, full: Registry) -> None:
    """Of 5,615 contacts all identifiers, and the same texts but for the rows whose bounds are not told."""
    imported = read_txt(text, "x")
    assert imported.annex.people.keys() == full.annex.people.keys()
    assert imported.annex.footnotes == full.annex.footnotes
    different = sum(imported.annex.people[key] != person for key, person in full.annex.people.items())
    assert different <= imported.oddities["contacts of which the layout does not tell all bounds"]


@pytest.mark.parametrize("part", [0.2, 0.5, 0.7])
def test_a_text_that_is_cut_short_is_one_clear_error(text: bytes, part: float) -> None:
    """The contacts after the records are missing then."""
    with pytest.raises(RegistryError, match=r"my\.txt: cut short"):
        read_txt(text[: int(len(text) * part)], "my.txt")


def test_a_table_that_is_drawn_otherwise_is_one_clear_error(text: bytes) -> None:
    """One stray character in a gutter, or a column less."""
    lines = text.decode().split("\n")
    lines[100] = f"{lines[100]:<200}"[:27] + "x" + lines[100][28:]
    with pytest.raises(RegistryError, match="11 columns instead of 12"):
        read_txt("\n".join(lines).encode(), "x")


def test_lines_lost_in_the_middle_never_crash(text: bytes) -> None:
    """Records are lost with them, or it is one clear error."""
    lines = text.decode().split("\n")
    for start in range(80, 1500, 97):
        damaged = "\n".join(lines[:start] + lines[start + 3 : 2000] + lines[18990:19100])
        assert "\n" not in refusal(partial(read_txt, damaged.encode(), "x"))


def test_the_page_is_not_taken_for_the_text(iana: Path) -> None:
    """Its titles stand one space apart."""
    assert not looks_like_txt((iana / "seed-page.txt").read_text("utf-8"))
