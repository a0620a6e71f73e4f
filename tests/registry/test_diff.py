"""What changed between two versions."""

from pathlib import Path

import pytest

from annotator.registry.diff import Change, Diff, compare
from annotator.registry.loading import load
from annotator.registry.record import PERSONAL_FIELDS, PROSE_FIELDS, Record
from annotator.registry.registry import Registry
from annotator.registry.rows import Rows

from .making import record, registry_of

NONE: tuple[list[Record], list[Record], list[Change]] = ([], [], [])


def changes(diff: Diff) -> tuple[list[Record], list[Record], list[Change]]:
    """Give what a difference holds: added, removed, changed."""
    return diff.added, diff.removed, diff.changed


@pytest.fixture(scope="module")
def older(iana: Path) -> Registry:
    """The version of April 2026."""
    return load(iana / "iana-2026-04-24.csv")


def test_four_months_of_iana(older: Registry, full: Registry) -> None:
    """18 changed, 4 removed and 25 added, keyed by name, port and transport."""
    diff = compare(older, full)
    assert (len(diff.changed), len(diff.removed), len(diff.added)) == (18, 4, 25)
    assert diff.not_compared == ()


def test_the_direction_matters(older: Registry, full: Registry) -> None:
    """What is added one way is removed the other."""
    forth, back = compare(older, full), compare(full, older)
    assert back.removed == forth.added
    assert back.added == forth.removed
    assert [(change.after, change.before) for change in back.changed] == [
        (change.before, change.after) for change in forth.changed
    ]


@pytest.mark.parametrize("form", ["csv", "txt"])
def test_another_form_of_a_version_is_no_difference(iana: Path, full: Registry, form: str) -> None:
    """Nor is white space."""
    assert changes(compare(load(iana / f"iana-2026-08-17.{form}"), full)) == NONE


def test_the_embedded_registry_is_compared_by_what_it_holds(embedded: Registry, full: Registry) -> None:
    """What it has not is named, and is no difference."""
    diff = compare(embedded, full)
    assert changes(diff) == NONE
    assert diff.not_compared == ("assignee", "contact", "notes")


def test_every_field_that_differs_is_named() -> None:
    """In the order of the columns."""
    old = [record("x", "1", "tcp", "one", reference="[A]"), record("y", "2")]
    new = [record("x", "1", "tcp", "two", reference="[B]"), record("y", "2")]
    (change,) = compare(registry_of(old), registry_of(new)).changed
    assert change.fields == ("description", "reference")
    assert (change.before, change.after) == (old[0], new[0])


def test_records_of_one_key_are_compared_in_turn() -> None:
    """`rdp,,` stands twice in the registry."""
    two = [record("rdp", description="first"), record("rdp", description="second")]
    three = [*two, record("rdp", description="third")]
    diff = compare(registry_of(two), registry_of(three))
    assert diff.added == [three[2]]
    assert not diff.removed
    assert not diff.changed


def test_facts_are_compared_where_notes_are_not_held() -> None:
    """An alias that is new shows, though the notes do not."""
    old, new = [record("x", "1")], [record("x", "1", notes='This entry is an alias to "y".')]
    without = PERSONAL_FIELDS | PROSE_FIELDS
    bare = [Registry(registry_of(r).info, Rows.from_records(r, without)) for r in (old, new)]
    (change,) = compare(*bare).changed
    assert change.fields == ("facts",)


def test_doubtful_fields_are_no_difference() -> None:
    """A page whose columns ran together says nothing of them."""
    old: list[Record] = [record("x", "1", description="one", registration_date="2001-01")]
    made = record("x", "1", description="one", modification_date="2001-01")
    new = [
        Record(
            **{f: getattr(made, f) for f in made.__slots__} | {"doubtful": ("registration_date", "modification_date")}
        )
    ]
    assert changes(compare(registry_of(old), registry_of(new))) == NONE
