"""The report as an Excel workbook: a sheet a table, with real types, filters and frozen headers.

What Excel cannot hold is converted, and nothing else: it has neither nanoseconds nor time zones, so times are UTC
rounded to the millisecond; a list is joined by a space, a tally is ``word=number`` joined by a space; a sheet has
1,048,576 rows, and what does not fit is left out and said on the first sheet.

Every text is written as text: none becomes a formula or a link. One that would, were it typed, has Excel's own mark
for text (``quotePrefix``), so that editing or saving it as CSV does not wake it either.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from annotator.report import human
from annotator.report.brief import closing, words
from annotator.report.columns import Column, Kind
from annotator.report.provenance import accounting_words, registry_words
from annotator.report.report import Report
from annotator.report.sanitize import cell as disarmed
from annotator.scratch import scratch_folder

if TYPE_CHECKING:
    from annotator.report.tables import Rows

SHEET_ROWS: Final = 1_048_576
"""Rows of a sheet, the header's included (Excel's specification, "Worksheet and workbook")."""
CELL_LIMIT: Final = 32_767
"""Characters of a cell (the same)."""
EPOCH_DAY: Final = 25_569
"""1970-01-01 as Excel counts days, from 1899-12-30."""
MS_A_DAY: Final = 86_400_000
MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The workbook's date of creation: always the same, so that the same report has the same bytes."""
CHUNK: Final = 1 << 20

TABLES: Final = (
    ("unknown ports", "unknown"),
    ("disagreements", "disagreements"),
    ("services", "services"),
    ("scans", "scans"),
    ("flows", "flows"),
)
"""The sheets that hold a table, and its name in the report."""

_FORMATS: Final = {
    Kind.TIME: "yyyy-mm-dd hh:mm:ss.000",
    Kind.SECONDS: "#,##0.000",
    Kind.INTEGER: "#,##0",
    Kind.PORT: "0",
    Kind.OCTET: "0",
}
_WIDTHS: Final = {Kind.TIME: 23, Kind.TEXT: 24, Kind.LIST: 30, Kind.TALLY: 24, Kind.WORD: 15}


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes; the flows are always in it."""
    del flows, rows
    with scratch_folder() as folder:
        path = folder / "report.xlsx"
        _Book(path, str(folder)).write(report)
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece


def serial(ns: int) -> float:
    """Give a time in nanoseconds since 1970-01-01 UTC as Excel's number of days, rounded to the millisecond."""
    days, ms = divmod((ns + 500_000) // 1_000_000, MS_A_DAY)
    return EPOCH_DAY + days + ms / MS_A_DAY


class _Book:
    """The workbook while it is written."""

    def __init__(self, path: Path, folder: str) -> None:
        """Begin the workbook at `path`, with `folder` for what is made on the way."""
        from xlsxwriter import Workbook

        options = {
            "tmpdir": folder,
            "constant_memory": True,  # a row is on disk when the next begins
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        }
        self._book = Workbook(str(path), options)
        self._book.use_zip64()  # where it grows beyond 4 GB, and not before
        add = self._book.add_format
        self._title = add({"bold": True, "font_size": 14})
        self._bold = add({"bold": True, "bottom": 1, "bg_color": "#E8EEF4"})
        self._wrap = add({"text_wrap": True, "valign": "top"})
        self._quoted = add({"quote_prefix": True})
        self._severe = add({"bold": True, "font_color": "#9C0006"})
        self._numbers = {kind: add({"num_format": text}) for kind, text in _FORMATS.items()}

    def write(self, report: Report) -> None:
        """Write every sheet."""
        from annotator.report.tables import RecordRows, rows_of

        self._book.set_properties(
            {"title": "What is on the ports", "comments": report.caveat, "author": "annotator", "created": MADE}
        )
        tables: dict[str, Rows] = {
            sheet: RecordRows(report.scans) if name == "scans" else rows_of(report, name) for sheet, name in TABLES
        }
        left_out = {sheet: len(table) - (SHEET_ROWS - 1) for sheet, table in tables.items()}
        self._summary(report, {sheet: number for sheet, number in left_out.items() if number > 0})
        for sheet, table in tables.items():
            self._table(sheet, table)
        self._issues(report)
        self._columns(tables)
        notice = self._book.add_worksheet("notice")
        notice.set_column(0, 0, 110, self._wrap)
        for row, paragraph in enumerate(report.caveat.split("\n")):
            notice.write_string(row, 0, paragraph, self._wrap)
        self._close()

    def _close(self) -> None:
        """Put the file together; a full disk is called what it is."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self._book.close()
        except FileCreateError as error:  # wraps what the system said
            raise error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error)) from error

    # -- tables ----------------------------------------------------------------------------------------------------

    def _sheet(self, name: str, titles: Sequence[str]) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.set_footer("&LA port's assignment is no proof of what runs on it: see the sheet notice.&R&P / &N")
        for place, title in enumerate(titles):
            sheet.write_string(0, place, title, self._bold)
        return sheet

    def _table(self, name: str, table: "Rows") -> None:
        from annotator.report.flow_rows import Form

        columns = table.columns
        sheet = self._sheet(name, [column.name for column in columns])
        rows = min(len(table), SHEET_ROWS - 1)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, max(_WIDTHS.get(column.kind, 12), len(column.name) + 3))
            if column.name == "severity":
                rule = {"type": "cell", "criteria": "==", "value": '"high"', "format": self._severe}
                sheet.conditional_format(1, place, max(rows, 1), place, rule)
        sheet.autofilter(0, 0, rows, len(columns) - 1)
        writers = [self._writer(sheet, column) for column in columns]
        row = 0
        for batch in table.batches(Form.TYPED):
            made = [_values(column, batch.column(place)) for place, column in enumerate(columns)]
            for values in zip(*made, strict=True):
                row += 1
                if row == SHEET_ROWS:
                    return
                for place, value in enumerate(values):
                    if value is not None:
                        writers[place](row, place, value)

    def _writer(self, sheet: Any, column: Column) -> Callable[[int, int, Any], Any]:
        """Give what writes a value of a column into a cell."""
        if column.kind is Kind.FLAG:
            return sheet.write_boolean  # type: ignore[no-any-return]  # xlsxwriter has few types
        shape = self._numbers.get(column.kind)
        if shape is not None:
            return lambda row, place, value: sheet.write_number(row, place, value, shape)
        return lambda row, place, value: self._text(sheet, row, place, value)

    def _text(self, sheet: Any, row: int, place: int, text: str) -> None:
        """Write a text as it is; Excel is told where one looks like a formula."""
        if len(text) > CELL_LIMIT:
            text = text[: CELL_LIMIT - 1] + "…"
        if disarmed(text) == text:
            sheet.write_string(row, place, text)
        else:
            sheet.write_string(row, place, text, self._quoted)

    def _columns(self, tables: "dict[str, Rows]") -> None:
        """Say what each column means."""
        titles = ["sheet", "column", "unit", "meaning", "source", "careful"]
        sheet = self._sheet("columns", titles)
        for place, width in enumerate((15, 28, 10, 100, 40, 60)):
            sheet.set_column(place, place, width)
        every = chain.from_iterable(((name, column) for column in table.columns) for name, table in tables.items())
        row = 0
        for row, (name, column) in enumerate(every, 1):
            unit = "UTC, ms" if column.kind is Kind.TIME else column.unit
            for place, text in enumerate((name, column.name, unit, column.doc, column.source, column.lies)):
                self._text(sheet, row, place, text)
        sheet.autofilter(0, 0, row, len(titles) - 1)

    def _issues(self, report: Report) -> None:
        titles = ["name", "layer", "capture", "count", "first_frame", "detail"]
        sheet = self._sheet("issues", titles)
        for place, width in enumerate((24, 12, 24, 12, 12, 90)):
            sheet.set_column(place, place, width)
        for row, issue in enumerate(report.issues, 1):
            for place, title in enumerate(titles):
                value = issue[title]
                if isinstance(value, int):
                    sheet.write_number(row, place, value, self._numbers[Kind.INTEGER])
                else:
                    self._text(sheet, row, place, value)
        sheet.autofilter(0, 0, len(report.issues), len(titles) - 1)

    # -- the first sheet -------------------------------------------------------------------------------------------

    def _summary(self, report: Report, left_out: dict[str, int]) -> None:
        sheet = self._book.add_worksheet("summary")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 3, 22)
        row = 0
        sheet.write_string(row, 0, "What is on the ports", self._title)
        for text in _lead(report, left_out):
            row += 1
            self._text(sheet, row, 0, text)
        integer = self._numbers[Kind.INTEGER]
        for name in ("range class", "status", "agreement", "outcome", "scope"):
            row += 2
            for place, title in enumerate((f"by {name}", "flows", "bytes", "share of bytes")):
                sheet.write_string(row, place, title, self._bold)
            parts = report.totals[f"by_{name.replace(' ', '_')}"]
            whole = sum(part["bytes"] for part in parts.values())
            for word, part in parts.items():
                row += 1
                sheet.write_string(row, 0, words(word))
                sheet.write_number(row, 1, part["flows"], integer)
                sheet.write_number(row, 2, part["bytes"], integer)
                sheet.write_string(row, 3, human.share(part["bytes"], whole))
        row += 2
        self._text(sheet, row, 0, closing(report))
        for paragraph in report.caveat.split("\n"):
            row += 1
            sheet.write_string(row, 0, paragraph)


def _lead(report: Report, left_out: dict[str, int]) -> Iterator[str]:
    """Say what was read, how far it can be relied on, and what the sheets hold."""
    for capture in report.captures:
        span = human.span(capture["first_seen"], capture["last_seen"])
        packets = human.counted(capture["packets_read"], "packet")
        yield f"{capture['name']}: {span} UTC, {packets}, {human.size(capture['bytes'])}; {accounting_words(capture)}"
    yield f"{human.counted(report.totals['flows'], 'flow')}, {registry_words(report)}"
    yield from (f"Before you rely on it: {line}" for line in report.quality)
    if report.shows("unknown"):
        unknown = report.unknown_ports
        scans = human.counted(len(report.scans), "scan")
        yield f"{human.counted(unknown.answered, 'endpoint')} on unknown ports answered; {scans}"
    if report.shows("disagreements"):
        yield human.counted(len(report.disagreements), "disagreement")
    for sheet, number in left_out.items():
        yield (
            f"The sheet {sheet} is cut: {human.count(number)} rows do not fit into Excel's "
            f"{human.count(SHEET_ROWS)}; a CSV or Parquet file holds all"
        )
    yield "Times are UTC, rounded to the millisecond. The sheet columns says what each column means."


def _values(column: Column, array: Any) -> list[Any]:
    """Give a typed column as what cells hold."""
    match column.kind:
        case Kind.TIME:
            return [None if ns is None else serial(ns) for ns in array.cast("int64").to_pylist()]
        case Kind.LIST:
            return [" ".join(texts) or None for texts in array.to_pylist()]
        case Kind.TALLY:
            return [" ".join(f"{word}={number}" for word, number in pairs) or None for pairs in array.to_pylist()]
        case _:
            values: list[Any] = array.to_pylist()
            return values
