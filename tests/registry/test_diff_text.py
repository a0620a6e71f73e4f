"""A difference for a terminal and as Markdown."""

from annotator.registry.diff import compare
from annotator.registry.diff_text import diff_lines, diff_markdown
from annotator.registry.notice import NOTICE

from .making import record, registry_of

HOSTILE = "<script>\u202e|`x`"
OLD = registry_of([record("gone", "7", "udp", "Was here"), record("x", "1", "tcp", "one")])
NEW = registry_of([record("x", "1", "tcp", HOSTILE), record("", "2-5", "", "Unassigned")])


def test_each_part_is_counted_and_listed() -> None:
    """With what was before and what is after."""
    text = "\n".join(line.plain for line in diff_lines(compare(OLD, NEW), 100))
    assert "1 added\n  + 2-5/any transport   Unassigned" in text
    assert "1 removed\n  - 7/udp (gone)   Was here" in text
    assert "1 changed\n  ~ 1/tcp (x)\n      description: one → <script>" in text


def test_lines_fit_the_width() -> None:
    """At 60 columns too."""
    for width in (60, 100):
        assert max(line.cell_len for line in diff_lines(compare(OLD, NEW), width)) <= width


def test_markdown_neutralises_what_is_in_records() -> None:
    """No tag, no code, no cell of its own, no turned direction."""
    text = "\n".join(diff_markdown(compare(OLD, NEW)))
    assert "<script>" not in text
    assert "\u202e" not in text
    (row,) = (line for line in text.splitlines() if "description" in line and "one" in line)
    assert row.replace("\\|", "").count("|") == 5


def test_the_notice_is_in_both() -> None:
    """Word for word (the quotation marks of Markdown aside)."""
    diff = compare(OLD, NEW)
    assert NOTICE.split() == " ".join(line.plain for line in diff_lines(diff, 80)).split()[-len(NOTICE.split()) :]
    quoted = " ".join(line.lstrip("> ") for line in diff_markdown(diff) if line.startswith(">"))
    assert quoted.replace("\\", "").split() == NOTICE.split()
