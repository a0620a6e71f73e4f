"""A record and its facts."""

import pytest

from annotator.registry.record import FIELDS, IANA_COLUMNS

from .making import record


def test_the_first_fields_are_the_columns_of_the_csv() -> None:
    """Twelve fields, in IANA's order: what a CSV holds can be put into a record by position."""
    assert len(IANA_COLUMNS) == 12
    assert FIELDS[:4] == ("service_name", "port_range", "transport", "description")
    assert FIELDS[11] == "notes"


def test_an_alias_names_its_target() -> None:
    """The fact "alias of" has a value."""
    assert record("www", notes='This entry is an alias to "http".').alias_of == "http"
    assert record("http").alias_of == ""


@pytest.mark.parametrize(("kind", "value"), [("removed", "2001-02-03"), ("widespread use", ""), ("remove", None)])
def test_a_fact_is_found_by_its_whole_kind(kind: str, value: str | None) -> None:
    """A kind that is a part of another is not taken for it."""
    made = record("x", notes="removed on 2001-02-03; an unassigned but widespread use")
    assert made.fact(kind) == value
