"""Tests of the race's table."""

from benchmarks.race.measure import Measurement
from benchmarks.race.table import Entry, as_data, as_markdown, as_text, rows


def entries() -> list[Entry]:
    """Two tools that ran, and one that is not here."""
    return [
        Entry(
            "annotate", "1.0", runs=[Measurement(wall, 3.0, 200_000_000, 0) for wall in (2.0, 9.0, 1.0)], flows=12345
        ),
        Entry("other", "2.1", runs=[Measurement(5.0, 4.0, 90_000_000, 0)]),
        Entry("third", problem="absent: not installed here"),
    ]


def test_the_middle_counts_and_the_reference_is_one() -> None:
    """Ratios say how many times as long a tool takes as annotate."""
    reference, other, absent = rows(entries(), 10_000_000)
    assert reference == ("annotate", "1.0", "2.00", "1.00-9.00", "3.00", "200", "5.00", "1.00", "12,345")
    assert other == ("other", "2.1", "5.00", "5.00-5.00", "4.00", "90", "2.00", "2.50", "")
    assert absent[:3] == ("third", "", "absent: not installed here")


def test_a_race_without_annotate_has_no_ratios() -> None:
    """Nothing is compared with what did not run."""
    assert rows(entries()[1:], 10_000_000)[0][7] == ""


def test_text_and_markdown_have_a_line_for_each_tool() -> None:
    """Absent tools are named."""
    text = as_text(entries(), 10_000_000).splitlines()
    assert len(text) == 4
    assert text[3] == "third              absent: not installed here"
    assert len({line.index(part) + len(part) for line, part in zip(text[1:3], ("5.00", "2.00"), strict=True)}) <= 2
    markdown = as_markdown(entries(), 10_000_000).splitlines()
    assert len(markdown) == 5
    assert {line.count("|") for line in markdown} == {10}


def test_every_run_is_in_the_data() -> None:
    """The middle can be worked out again."""
    data = as_data(entries())
    assert [run["wall_s"] for run in data[0]["runs"]] == [2.0, 9.0, 1.0]
    assert data[2]["problem"].startswith("absent")
