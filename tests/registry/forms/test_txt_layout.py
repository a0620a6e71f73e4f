"""Rows put together again from a table that was drawn with spaces."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.registry.forms.txt_layout import RowFinder, find_gutters

WORDS = st.lists(st.sampled_from(("alpha", "beta", "Gamma", "delta", "(eps", "ilon)", "of", "Zeta-System")), max_size=9)
WIDTH = 14


def wrap(words: Sequence[str]) -> list[str]:
    """Break a cell into lines as a browser does."""
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def draw(rows: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> tuple[list[list[str]], list[int]]:
    """Draw (name, description, notes) rows: every cell centred vertically; return lines of cells and key lines."""
    cells, keys = [], []
    for name, *texts in rows:
        columns = [[name], *map(wrap, texts)]
        height = max(map(len, columns))
        block = [["", "", "", "", ""] for _ in range(height)]
        for place, lines in zip((0, 3, 4), columns, strict=True):
            top = (height - len(lines)) // 2
            for i, line in enumerate(lines):
                block[top + i][place] = line
        keys.append(len(cells) + (height - 1) // 2)
        cells += block
    return cells, keys


ROWS = st.lists(st.tuples(st.sampled_from(("one", "two", "three")), WORDS, WORDS), min_size=1, max_size=6)


@settings(deadline=None)
@given(ROWS)
def test_what_is_certain_is_right(rows: list[tuple[str, list[str], list[str]]]) -> None:
    """Any table: a row that is not called ambiguous holds exactly its own lines, and no line is lost."""
    cells, keys = draw(rows)
    blocks = RowFinder(cells, keys, (3, 4), None).rows()
    assert sum(block.height for block in blocks) == len(cells)
    for (_, *texts), block in zip(rows, blocks, strict=True):
        if not block.ambiguous:
            lines = cells[block.top : block.top + block.height]
            found = [" ".join(line[place] for line in lines if line[place]) for place in (3, 4)]
            assert found == [" ".join(words) for words in texts]


@settings(deadline=None)
@given(ROWS)
def test_what_is_known_settles_what_is_ambiguous(rows: list[tuple[str, list[str], list[str]]]) -> None:
    """With every description known, descriptions are right, and rows with one are certain."""
    rows = [(f"{name}{i}", words, notes) for i, (name, words, notes) in enumerate(rows)]
    known = {name: frozenset({" ".join(words)}) for name, words, _ in rows}
    cells, keys = draw(rows)
    blocks = RowFinder(cells, keys, (3, 4), lambda name, _ports, _transport: known[name]).rows()
    for (_, words, _notes), block in zip(rows, blocks, strict=True):
        lines = cells[block.top : block.top + block.height]
        if words:
            assert " ".join(line[3] for line in lines if line[3]) == " ".join(words)
            assert not block.ambiguous


def test_two_readings_that_both_fit_are_called_ambiguous() -> None:
    """Two rows, one line between their key lines: it may end the first or begin the second's three lines."""
    cells, keys = draw(
        [("one", ["alpha", "beta", "Gamma", "delta"], []), ("two", ["alpha", "beta", "Gamma", "delta"], [])]
    )
    assert [block.ambiguous for block in RowFinder(cells, keys, (3, 4), None).rows()] == [True, True]
    assert [block.height for block in RowFinder(cells, keys, (3, 4), None).rows()] == [2, 2]


@pytest.mark.parametrize("lines", [45, 200])
def test_a_row_of_absurd_height_is_refused(lines: int) -> None:
    """Before any time is lost over it."""
    cells = [["one", "", "", "", ""], *([["", "", "", "x", ""]] * 2 * lines), ["two", "", "", "", ""]]
    with pytest.raises(ValueError, match="taller"):
        RowFinder(cells, [0, len(cells) - 1], (3, 4), None).rows()


def test_lines_that_cannot_be_shared_out_are_refused() -> None:
    """Three lines above the first key line, and none below it: no row is drawn so."""
    cells = [["", "", "", "x", ""]] * 3 + [["one", "", "", "", ""]]
    with pytest.raises(ValueError, match="do not divide"):
        RowFinder(cells, [3], (3, 4), None).rows()


def test_columns_are_found_by_what_is_blank_in_every_line() -> None:
    """The runs of ink, over all lines together."""
    assert find_gutters(["ab  c ", " b  cd", "       "]) == [(0, 2), (4, 6)]
    assert find_gutters([]) == []
