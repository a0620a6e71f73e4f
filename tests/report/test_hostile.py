"""All formats with all attacks: text that somebody else wrote is harmless in whatever a report is written to.

Each format has a check here, which reads the file as its consumer does; a format without one fails. What is checked in
all of them: nothing that steers a terminal or hides, no line, cell or member more than with harmless text, and no size
that the attacker chooses.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotator.report.formats import FORMATS
from annotator.report.report import Report
from tests.report.hostile import PAYLOADS, hostile

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def printable(text: str, also: str = "") -> None:
    """Nothing steers a terminal, hides, or turns the writing direction."""
    assert [character for character in set(text) if not character.isprintable() and character not in also] == []


def check_text(data: bytes, benign: bytes) -> None:
    printable(data.decode(), "\n")


def check_markdown(data: bytes, benign: bytes) -> None:
    from markdown_it import MarkdownIt

    printable(data.decode(), "\n")
    shown = [MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(page.decode()) for page in (data, benign)]
    tags = [re.findall(r"<[a-z/!][^>]*>", page) for page in shown]
    assert tags[0] == tags[1]


def check_json(data: bytes, benign: bytes) -> None:
    printable(data.decode(), "\n")
    assert shape(json.loads(data)) == shape(json.loads(benign))
    assert data.count(b"\n") == benign.count(b"\n")


def check_lines(data: bytes, benign: bytes) -> None:
    printable(data.decode(), "\n")
    ours, theirs = ([json.loads(line) for line in page.splitlines()] for page in (data, benign))
    assert shape(ours) == shape(theirs)


def shape(value: object) -> object:
    """Forget every text, keep the members: what an attack must not change."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    return "text" if isinstance(value, str) else value


def check_separated(delimiter: str) -> Callable[[bytes, bytes], None]:
    def check(data: bytes, benign: bytes) -> None:
        text = data.decode()
        printable(text, "\n\t" if delimiter == "\t" else "\n")
        assert text.count("\n") == benign.count(b"\n")
        assert text.count("\t") == benign.decode().count("\t")
        lines = text.splitlines()
        rows = list(csv.reader([line for line in lines if line[0] != "#"], delimiter=delimiter))
        assert len({len(row) for row in rows}) == 1
        assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]
        assert not [line for line in lines if line[0] == "#" and re.search(r'[",;\t]\s*[=+@-]', line)]

    return check


def check_zeek(data: bytes, benign: bytes) -> None:
    text = data.decode()
    printable(text, "\n\t")
    assert (text.count("\n"), text.count("\t")) == (benign.count(b"\n"), benign.count(b"\t"))
    cells = [cell for line in text.splitlines() if line[0] != "#" for cell in line.split("\t")]
    assert not [cell for cell in cells if cell.startswith(FORMULA) and cell != "-"]


def check_parquet(data: bytes, benign: bytes) -> None:
    table, harmless = (pq.read_table(pa.BufferReader(page)) for page in (data, benign))
    assert table.schema.equals(harmless.schema)
    assert table.num_rows == harmless.num_rows
    for row in table.to_pylist():
        for value in row.values():
            if isinstance(value, str):
                printable(value)
    for value in (table.schema.metadata or {}).values():
        printable(value.decode(), "\n")


def check_xlsx(data: bytes, benign: bytes) -> None:
    book, harmless = (openpyxl.load_workbook(io.BytesIO(page)) for page in (data, benign))
    assert book.sheetnames == harmless.sheetnames
    for sheet in book:
        assert sheet.dimensions == harmless[sheet.title].dimensions
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type in ("n", "s", "b", "d", "inlineStr"), cell.coordinate  # "f" would be a formula
            assert cell.hyperlink is None
            if isinstance(cell.value, str):
                printable(cell.value, "\n")
                assert cell.quotePrefix or not cell.value.startswith(FORMULA), cell.coordinate


class _Tags(HTMLParser):
    """Collects what a page would do: its elements, and the attributes that run or load something."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.active: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.active += [(tag, name, value) for name, value in attrs if name.startswith("on") or name in ("href", "src")]


def check_html(data: bytes, benign: bytes) -> None:
    printable(data.decode(), "\n\t\r\xa0\xad")  # of the libraries' texts; the report's own have none, as JSON shows
    pages = []
    for page in (data, benign):
        tags = _Tags()
        tags.feed(page.decode())
        pages.append((tags.elements, tags.active))
    assert pages[0] == pages[1]


def check_rules(comment: str) -> Callable[[bytes, bytes], None]:
    """Every line is a comment, none joins the next to it, and what could be a rule holds nothing foreign."""

    def check(data: bytes, benign: bytes) -> None:
        printable(data.decode("ascii"), "\n")
        ours, theirs = (page.decode().split("\n") for page in (data, benign))
        assert len(ours) == len(theirs)
        assert [line for line in ours if (line and not line.startswith(comment)) or line.endswith("\\")] == []
        assert [line for line in ours if ">" in line[1:3]] == [line for line in theirs if ">" in line[1:3]]

    return check


CHECKS: dict[str, Callable[[bytes, bytes], None]] = {
    "text": check_text,
    "md": check_markdown,
    "json": check_json,
    "ndjson": check_lines,
    "ecs": check_lines,
    "ocsf": check_lines,
    "csv": check_separated(","),
    "tsv": check_separated("\t"),
    "zeek": check_zeek,
    "parquet": check_parquet,
    "xlsx": check_xlsx,
    "html": check_html,
    "nftables": check_rules("#"),
    "iptables": check_rules("#"),
    "cisco": check_rules("!"),
    "pf": check_rules("#"),
}
"""How each format's file is read, and what must hold of it beside the same report with harmless text."""


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_check(name: str) -> None:
    """A new format joins by a line above."""
    assert name in CHECKS


@pytest.fixture(scope="module")
def benign() -> dict[str, bytes]:
    """Every format of the report whose foreign text is harmless."""
    return {name: Report(hostile("benign")).to_bytes(name, flows=True) for name in FORMATS}


@pytest.mark.parametrize("attack", PAYLOADS)
@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_is_harmless_in_every_format(name: str, attack: str, benign: dict[str, bytes]) -> None:
    """The file says the same, and does nothing else, than it does with harmless text."""
    data = Report(hostile(PAYLOADS[attack])).to_bytes(name, flows=True)
    CHECKS[name](data, benign[name])
    assert len(data) < 10 * len(benign[name])


@pytest.mark.parametrize("rows", ["services", "unknown", "disagreements", "endpoints"])
@pytest.mark.parametrize("name", [name for name, made in FORMATS.items() if made.is_table and not made.flows_only])
def test_the_other_tables_are_harmless_too(name: str, rows: str) -> None:
    """Each table of the report, with all attacks, in the formats that hold it."""
    harmless = Report(hostile("benign")).to_bytes(name, rows=rows)
    for text in PAYLOADS.values():
        CHECKS[name](Report(hostile(text)).to_bytes(name, rows=rows), harmless)
