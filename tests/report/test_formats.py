"""Formats are found by name and ending, and know what they can hold."""

import copy
import csv
import re

import pytest

from annotator.errors import UsageError
from annotator.model import Analysis, Issue
from annotator.registry import NOTICE
from annotator.report.formats import FORMATS, check_wanted, encode, format_of
from annotator.report.report import Report
from tests.report.synthetic import Said, flow, make_analysis, shows, summary
from tests.report.test_sanitize import ATTACKS

PAYLOADS = ATTACKS | {
    "formula": '=HYPERLINK("http://evil.example","x")',
    "html": "<script>alert(1)</script>",
    "markup": "[bold red]x[/] [link=http://evil.example]y[/link]",
    "markdown": "|[x](javascript:alert)`|**x**",
    "hash": "# not a comment",
    "quote": '","=1+1,"',
    "long": "A" * 65536,
}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.csv", "csv"),
        ("a.CSV", "csv"),
        ("b/c.d.ndjson", "ndjson"),
        ("x.jsonl", "ndjson"),
        ("x.md", "md"),
        ("x.txt", "text"),
    ],
)
def test_the_ending_tells_the_format(path: str, name: str) -> None:
    """A file's ending names its format, in either case."""
    assert format_of(path) == name
    assert format_of(path, "json") == "json"


@pytest.mark.parametrize("path", ["a", "a.zip", "csv", ".csv"])
def test_other_endings_are_refused_with_the_known_ones(path: str) -> None:
    """An unknown ending gives a line that names those that are known."""
    with pytest.raises(UsageError, match=r"\.csv"):
        format_of(path)


def test_wishes_that_contradict_are_refused() -> None:
    """A table holds rows of one kind, a document has its own tables."""
    for name, flows, rows in (("csv", True, "services"), ("json", False, "unknown"), ("xml", False, "flows")):
        with pytest.raises(UsageError):
            check_wanted(name, flows, rows)
    with pytest.raises(UsageError, match="no rows 'all'"):
        check_wanted("csv", False, "all")
    check_wanted("csv", True, "flows")


def hostile(text: str) -> Analysis:
    """Make an analysis in which whatever text can be hostile, is."""
    analysis = make_analysis(
        [flow(tunnel=5, **shows("ssh")), flow(port=7214, **shows("ssh"))],
        findings=Said(2, {0: text, 1: text}),
        captures=[summary(text, complete=False, note=text)],
        issues=[Issue("odd", "link", 1, 1, text)],
        tunnels={5: text},
        options={"registry": text},
    )
    analysis.registry = copy.copy(analysis.registry)  # loading is cached: the others keep the true one
    analysis.registry.info = Hostile(text)
    return analysis


class Hostile:
    """A registry whose provenance somebody else wrote."""

    def __init__(self, text: str) -> None:
        self.updated = self.source = text
        self.sha256 = "0" * 64
        self.records = 1


@pytest.mark.parametrize("attack", PAYLOADS)
@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_is_harmless_in_every_format(name: str, attack: str) -> None:
    """No control or format character, no line of its own, no formula, no element: in any format."""
    report = Report(hostile(PAYLOADS[attack]))
    text = b"".join(encode(report, name, flows=True)).decode()
    benign = b"".join(encode(Report(hostile("benign")), name, flows=True)).decode()
    assert all(character.isprintable() or character in "\n\t" for character in text)
    if name == "tsv":
        assert text.count("\t") == benign.count("\t")
    else:
        assert "\t" not in text
    if name in ("csv", "tsv", "ndjson", "json"):
        assert text.count("\n") == benign.count("\n")
    if name == "md":
        assert not re.search(r"(?<!\\)(<script|\]\()", text)
    if name in ("csv", "tsv"):
        lines = text.splitlines()
        cells = csv.reader([line for line in lines if line[0] != "#"], delimiter="," if name == "csv" else "\t")
        assert not [cell for row in cells for cell in row if cell.startswith(("=", "+", "-", "@"))]
        assert not [line for line in lines if line[0] == "#" and re.search(r'[",;\t]\s*[=+@-]', line)]
        assert len(text) < 10 * len(benign)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_carries_the_notice(name: str) -> None:
    """IANA's notice is in each, word for word, once its lines are joined."""
    text = b"".join(encode(Report(make_analysis([flow()])), name)).decode()
    words = text.replace("\\n", " ").replace('\\"', '"').replace("#", " ").replace(">", " ").split()
    assert " ".join(NOTICE.split()) in " ".join(words)


@pytest.mark.parametrize("name", FORMATS)
def test_no_flows_make_a_report_all_the_same(name: str) -> None:
    """A capture without a single flow is no special case for any writer."""
    assert b"".join(encode(Report(make_analysis([])), name, flows=True)) or name == "ndjson"
