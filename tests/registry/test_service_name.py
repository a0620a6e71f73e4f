"""The rules for service names, and the names that are older."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.registry.record import Record
from annotator.registry.service_name import is_well_formed


@pytest.mark.parametrize("name", ["http", "a", "A1", "1a", "3com-tsmux", "x-1-y", "a23456789012345", "XmlIpcRegSvc"])
def test_names_that_obey_the_rules(name: str) -> None:
    """RFC 6335 section 5.1."""
    assert is_well_formed(name)


@pytest.mark.parametrize(
    "name",
    ["", "1", "12-34", "-a", "a-", "a--b", "914c/g", "sql*net", "z39.50", "a_b", "a b", "a234567890123456", "é", "a\n"],
)
def test_names_that_break_them(name: str) -> None:
    """Length, letters, hyphens."""
    assert not is_well_formed(name)


@given(st.text(alphabet="ab1-_", max_size=18))
def test_the_rules_one_by_one(name: str) -> None:
    """As the RFC lists them."""
    expected = (
        1 <= len(name) <= 15
        and "_" not in name
        and any(character.isalpha() for character in name)
        and not name.startswith("-")
        and not name.endswith("-")
        and "--" not in name
    )
    assert is_well_formed(name) == expected


def test_legacy_names_are_kept(csv_records: list[Record]) -> None:
    """97 names of the newest registry break the rules; each is there as it was registered."""
    broken = {record.service_name for record in csv_records if record.service_name} - {
        record.service_name for record in csv_records if is_well_formed(record.service_name)
    }
    assert len(broken) == 97
    assert {"914c/g", "sql*net", "z39.50"} <= broken
