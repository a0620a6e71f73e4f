"""The formats that a report can take: which there are, how a file's ending names them, who writes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from annotator.errors import UsageError

if TYPE_CHECKING:
    from annotator.report.report import Report

ROWS: Final = ("flows", "services", "unknown", "disagreements", "endpoints")
"""The tables whose rows a table format can hold."""
ONLY: Final = ("unknown", "disagreements")
"""What a report can be narrowed to; see :mod:`annotator.report.only`."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format."""

    name: str
    module: str
    """Where its writer lives; imported when it is used."""
    is_table: bool
    """A table holds rows of one kind; a document holds the report."""
    endings: tuple[str, ...]
    usage: str
    is_binary: bool = False
    """Whether its bytes are no text."""
    flows_only: bool = False
    """Of a table: whether it can hold no other rows than flows."""


FORMATS: Final = {
    made.name: made
    for made in (
        Format("text", "as_text", False, (".txt",), "the report as a terminal shows it"),
        Format("json", "as_json", False, (".json",), "the report as one JSON object"),
        Format("md", "as_markdown", False, (".md", ".markdown"), "the report as Markdown"),
        Format("xlsx", "as_xlsx", False, (".xlsx",), "the report as an Excel workbook, its flows too", is_binary=True),
        Format("html", "as_html", False, (".html", ".htm"), "the report as one page for a browser, complete in itself"),
        Format("csv", "as_csv", True, (".csv",), "rows, text quoted, IANA's notice in # lines on top"),
        Format("tsv", "as_tsv", True, (".tsv", ".tab"), "the same, columns separated by tabs"),
        Format("ndjson", "as_ndjson", True, (".ndjson", ".jsonl"), "rows as one JSON object a line"),
        Format("parquet", "as_parquet", True, (".parquet",), "rows in typed columns, each described", is_binary=True),
        Format("ecs", "as_ecs", True, (".ecs.ndjson", ".ecs"), "flows by the Elastic Common Schema", flows_only=True),
        Format("ocsf", "as_ocsf", True, (".ocsf.ndjson", ".ocsf"), "flows as OCSF network activity", flows_only=True),
        *(
            Format(name, f"as_{name}", False, endings, f"rule candidates for {what}, all commented out")
            for name, endings, what in (
                ("nftables", (".nft",), "nftables"),
                ("iptables", (".iptables",), "iptables and ip6tables"),
                ("cisco", (".ios",), "Cisco IOS"),
                ("pf", (".pf",), "pf"),
            )
        ),
        Format("zeek", "as_zeek", True, (".log",), "flows as a log of Zeek's, like its conn.log", flows_only=True),
    )
}
"""Every format by name."""
RULES: Final = ("nftables", "iptables", "cisco", "pf")
"""Those that hold rule candidates."""


class Writer(Protocol):
    """What the module of a format offers."""

    def encode(self, report: "Report", *, flows: bool, rows: str) -> Iterator[bytes]:
        """Give the file's bytes piece by piece; documents look at `flows`, tables at `rows`."""


def format_of(path: str | Path, name: str | None = None) -> str:
    """Tell the format of a file: `name` if given, else by its ending.

    Raises:
        UsageError: neither tells one.
    """
    if name is not None:
        return find_format(name).name
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    for ending in ("".join(suffixes[-2:]), *suffixes[-1:]):  # `.ecs.ndjson` before `.ndjson`
        for made in FORMATS.values():
            if ending in made.endings:
                return made.name
    known = " ".join(ending for made in FORMATS.values() for ending in made.endings[:1])
    raise UsageError(f"{path}: its ending names no format; end it in one of {known}, or give --format")


def find_format(name: str) -> Format:
    """Find a format by name.

    Raises:
        UsageError: there is none of that name.
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise UsageError(f"there is no format {name!r}; choose one of {', '.join(FORMATS)}") from None


def check_wanted(name: str, flows: bool, rows: str) -> None:
    """See that a format can hold what is asked for.

    Raises:
        UsageError: it cannot.
    """
    made = find_format(name)
    if rows not in ROWS:
        raise UsageError(f"there are no rows {rows!r}; choose one of {', '.join(ROWS)}")
    if made.is_table and flows and rows != "flows":
        raise UsageError(f"--flows and --rows {rows} ask for different rows of one {name} table; give one of them")
    if made.flows_only and rows != "flows":
        raise UsageError(f"{name} holds flows only; --rows {rows} is for csv, tsv, ndjson and parquet")
    if not made.is_table and rows != "flows":
        tables = ", ".join(made.name for made in FORMATS.values() if made.is_table and not made.flows_only)
        raise UsageError(f"--rows is for tables ({tables}); a {name} report holds all of its own tables")


def encode(report: "Report", name: str, *, flows: bool = False, rows: str = "flows") -> Iterator[bytes]:
    """Give a report in the format `name`, as pieces of a file; text is in UTF-8."""
    check_wanted(name, flows, rows)
    writer: Writer = import_module(f"annotator.report.{FORMATS[name].module}")
    return writer.encode(report, flows=flows, rows=rows)
