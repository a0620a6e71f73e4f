"""Numbers and times read well, and never say more or less than is true."""

import pytest

from annotator.report import human


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (121_000_000, "121 MB"),
        (2**62, "4.6 EB"),
    ],
)
def test_size_has_two_or_three_digits(octets: int, text: str) -> None:
    """Sizes are in decimal units."""
    assert human.size(octets) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "0 %"),
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 1_000_000, "<0.1 %"),
        (999_999, 1_000_000, ">99.9 %"),
        (1, 8, "12.5 %"),
    ],
)
def test_share_never_rounds_to_none_or_all(part: int, whole: int, text: str) -> None:
    """A single byte is not 0 %, and all but one is not 100 %."""
    assert human.share(part, whole) == text


FIRST, LAST = "2026-05-04T09:12:03.000000001Z", "2026-05-04T09:41:17.999999999Z"


def test_span_says_the_day_once() -> None:
    """A stretch within a day names the day once, one over days twice, none says so."""
    assert human.span(FIRST, LAST) == "2026-05-04 09:12:03 → 09:41:17"
    assert human.span(FIRST, FIRST) == "2026-05-04 09:12:03"
    assert human.span(FIRST, LAST, seconds=False, day=False) == "09:12–09:41"  # noqa: RUF001 (an en dash, as shown)
    assert human.span(FIRST, "2026-05-05T00:00:00.000000000Z") == "2026-05-04 09:12:03 → 2026-05-05 00:00:00"
    assert human.span(None, LAST) == "no time"


def test_nouns_follow_their_number() -> None:
    """One flow, two flows, no flows."""
    assert [human.counted(n, "flow") for n in (0, 1, 1204)] == ["0 flows", "1 flow", "1,204 flows"]
    assert human.listed([]) == ""
    assert human.listed(["a"]) == "a"
    assert human.listed(["a", "b", "c"]) == "a, b and c"
