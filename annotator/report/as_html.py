"""The report as one page that needs nothing else: it opens anywhere, and never asks for anything from anywhere.

The page's Content-Security-Policy lets run what was put into it and nothing else (:mod:`annotator.report.html.assets`).
Texts are escaped by the template; the tables' data stand in a script element of type ``application/json``, which
browsers do not run, and are set as text by the page's script.
"""

from collections.abc import Iterator
from typing import Final

from annotator.report.provenance import provenance_line
from annotator.report.report import Report

_DATA: Final = "\x00the tables\x00"
"""Where the data go: a text that no report can hold, for control characters never get into one."""


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes; `flows` adds a table of the flows."""
    del rows  # a document holds every table
    from jinja2 import BaseLoader, Environment, StrictUndefined
    from markupsafe import Markup

    from annotator.report.html.assets import read
    from annotator.report.html.charts import timeline_data
    from annotator.report.html.packed import script_json
    from annotator.report.html.page import context
    from annotator.report.html.tables import page_tables
    from annotator.report.sanitize import comment

    tables = list(page_tables(report, flows))
    environment = Environment(
        loader=BaseLoader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    head = [*report.caveat.splitlines(), comment(provenance_line(report))]
    line = report.timeline
    small = {"csv_head": [f"# {text}".rstrip() for text in head], "timeline": timeline_data(line) if line else None}
    template = environment.from_string(read("page.html.jinja"))
    small_data = Markup(script_json(small))  # noqa: S704 (what would end the element is written as an escape)
    page = template.render(context(report, tables), small_data=small_data, data=_DATA)
    before, after = page.split(_DATA)
    yield before.encode()
    for table in tables:  # each by itself: a browser reads one when it is looked at
        yield f'<script type="application/json" id="data-{table.key}">'.encode()
        yield script_json(table.data()).encode()
        yield b"</script>\n"
    yield f"{after}\n".encode()
