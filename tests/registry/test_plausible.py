"""Whether a file can be IANA's whole registry."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from annotator.registry.forms.csv_form import read_csv
from annotator.registry.forms.page_form import read_page
from annotator.registry.plausible import ROW_FLOOR, check_newer, check_whole
from annotator.registry.record import Record

from .making import record, refusal
from .server import LANDMARKS, whole_registry


def test_a_whole_registry_passes() -> None:
    """IANA's own versions since 2018 do, and so does what the other tests serve."""
    check_whole("x", read_csv(whole_registry(), "x"))


@pytest.mark.parametrize("name", ["iana-2018-02-12.csv", "iana-2026-04-24.csv", "iana-2026-08-17.xml"])
def test_every_version_of_iana_passes(iana: object, read: Callable[[str], list[Record]], name: str) -> None:
    """The oldest has 14,058 records."""
    imported = read_csv(whole_registry(), "x")
    imported.records[:] = read(name)
    check_whole("x", imported)


@pytest.mark.parametrize("landmark", range(len(LANDMARKS)))
def test_a_file_without_a_landmark_is_refused(landmark: int) -> None:
    """A registry that does not know ssh, domain, http or https is none."""
    imported = read_csv(whole_registry(), "x")
    del imported.records[landmark]
    assert "not the registry" in refusal(partial(check_whole, "x", imported))


def test_a_file_of_few_rows_is_refused() -> None:
    """Below the floor."""
    imported = read_csv(whole_registry(ROW_FLOOR - 1), "x")
    assert f"{ROW_FLOOR - 1} records" in refusal(partial(check_whole, "x", imported))


def test_a_page_is_no_whole_registry(iana: object) -> None:
    """However many rows it shows."""
    imported = read_page(whole_registry(), "x")
    assert "web page" in refusal(partial(check_whole, "x", imported))


@pytest.mark.parametrize(
    ("rows", "newest", "words"),
    [
        (14_600, "2026-09-01", ""),
        (14_000, "2026-09-02", ""),
        (13_000, "2026-09-02", "13000 records after 14600"),
        (14_600, "2026-08-31", "2026-08-31"),
    ],
)
def test_what_takes_the_place_of_the_one_in_use(rows: int, newest: str, words: str) -> None:
    """Neither far smaller nor older; the message says how to insist."""
    present: Sequence[Record] = read_csv(whole_registry(), "x").records
    message = refusal(partial(check_newer, "x", read_csv(whole_registry(rows, newest=newest), "x"), present))
    assert words in message
    assert bool(words) == ("--force" in message)


def test_a_registry_without_dates_gives_way() -> None:
    """There is nothing to compare."""
    check_newer("x", read_csv(whole_registry(), "x"), [record("x", "1")] * 14_600)
