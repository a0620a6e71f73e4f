"""What is known of a registry, for a terminal."""

import dataclasses
from datetime import date

import pytest

from annotator.registry.info import RegistryInfo
from annotator.registry.info_text import info_lines
from annotator.registry.notice import NOTICE
from annotator.registry.registry import Registry

from .making import record, registry_of

TODAY = date(2026, 11, 22)
OTHER = RegistryInfo("2018-02-12", "ab" * 32, 14058, "old\x1b.csv")


def shown(registry: Registry, *installed: RegistryInfo, width: int = 100) -> list[str]:
    return [line.plain for line in info_lines(registry, "in use", installed, TODAY, width)]


def test_source_date_hash_counts_and_age(embedded: Registry) -> None:
    """In words."""
    text = "\n".join(shown(embedded, width=200))
    for words in (
        "date        2026-08-17, 97 days old",
        f"sha256      {embedded.info.sha256}",
        "licence     CC0-1.0",
        "records     14,533, 12,809 with a name, 13,463 with a port, 766 of these with a range, 185 with a legacy name",
        "15 nameless use",
        "1,467 any, 11 dccp, 93 sctp, 6,606 tcp, 6,356 udp",
    ):
        assert words in text
    assert " ".join(NOTICE.split()) in " ".join(text.split())


def test_a_date_that_no_file_states_is_a_lower_bound() -> None:
    """IANA's CSV carries none."""
    registry = registry_of([record("x", "1")])
    bare = Registry(dataclasses.replace(registry.info, updated_basis="newest record"), registry.records)
    assert "2026-01-02 or later (of its newest record: the file states no date), 324 days old" in "\n".join(shown(bare))
    none = Registry(dataclasses.replace(registry.info, updated=""), registry.records)
    assert "date        unknown" in shown(none)


def test_others_that_are_installed_are_listed_and_harmless(embedded: Registry) -> None:
    """By date and hash, as `use` takes them."""
    text = "\n".join(shown(embedded, OTHER))
    assert "installed   2018-02-12  abababababab  14,058 records  old\\x1b.csv" in text


@pytest.mark.parametrize("width", [50, 60, 100])
def test_lines_fit_the_width(embedded: Registry, width: int) -> None:
    """The hash is broken where it must be."""
    assert max(map(len, shown(embedded, OTHER, width=width))) <= width
