"""What is known of a registry, for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from rich.text import Text

from annotator.registry.info import RegistryInfo
from annotator.registry.notice import NOTICE
from annotator.registry.registry import Registry
from annotator.registry.summary import age_days, summarize
from annotator.report.layout import fold
from annotator.report.sanitize import clean

_TITLE: Final = 12


def info_lines(
    registry: Registry, name: str, installed: Sequence[RegistryInfo], today: date, width: int
) -> Iterator[Text]:
    """Give source, date, hash, counts and age of the registry called ``name``, and which others are installed."""
    info = registry.info
    counts = summarize(registry)
    days = age_days(info, today)
    age = "" if days is None else f", {days:,} days old"
    basis = "" if info.updated_basis == "stated" else " or later (of its newest record: the file states no date)"
    records = counts["records"]
    rows = [
        ("registry", name),
        ("date", f"{info.updated or 'unknown'}{basis}{age}"),
        ("source", f"{clean(info.source)} ({info.form})"),
        ("sha256", info.sha256),
        ("licence", clean(info.licence)),
        (
            "records",
            f"{records['all']:,}, {records['with_name']:,} with a name, {records['with_port']:,} with a port, "
            f"{records['with_range']:,} of these with a range, {records['with_legacy_name']:,} with a legacy name",
        ),
        ("", ", ".join(f"{count:,} {word.replace('_', ' ')}" for word, count in counts["by_row_status"].items())),
        ("", ", ".join(f"{count:,} {word}" for word, count in counts["by_transport"].items())),
        *(("odd", clean(remark)) for remark in info.remarks),
        *(
            (
                "installed",
                f"{other.updated or 'no date'}  {other.sha256[:12]}  {other.records:,} records  {clean(other.source)}",
            )
            for other in installed
        ),
    ]
    for title, words in rows:
        for number, line in enumerate(fold(words, max(width - _TITLE, 20))):
            text = Text(f"{'' if number else title:<{_TITLE}}{line}")
            text.stylize("bold", 0, len(title))
            yield text
    yield Text()
    for paragraph in NOTICE.split("\n"):
        yield from (Text(line) for line in fold(paragraph, width))
