"""A registry in numbers."""

from datetime import date

import pytest

from annotator.registry.info import RegistryInfo
from annotator.registry.registry import Registry
from annotator.registry.summary import age_days, summarize


def test_the_numbers_of_the_newest_registry(embedded: Registry) -> None:
    """Records by status and by transport."""
    counts = summarize(embedded)
    assert counts["by_transport"] == {"any": 1467, "dccp": 11, "sctp": 93, "tcp": 6606, "udp": 6356}
    assert sum(counts["by_row_status"].values()) == 14533
    assert counts["records"] == {
        "all": 14533,
        "with_name": 12809,
        "with_port": 13463,
        "with_range": 766,
        "with_legacy_name": 185,
    }


@pytest.mark.parametrize(("updated", "age"), [("2026-11-22", 0), ("2026-08-17", 97), ("", None), ("2026-08", None)])
def test_the_age_of_a_registry(updated: str, age: int | None) -> None:
    """In days; none where no day is known."""
    assert age_days(RegistryInfo(updated, "", 1, ""), date(2026, 11, 22)) == age
