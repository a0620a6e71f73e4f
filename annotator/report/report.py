"""The report: everything that is said about a run, as one object."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from annotator._version import __version__
from annotator.errors import UsageError
from annotator.model import Analysis
from annotator.registry import NOTICE
from annotator.report.columns import SCAN
from annotator.report.endpoints import UnknownPorts, disagreements, unknown_ports
from annotator.report.facts import Facts
from annotator.report.in_use import endpoints_in_use
from annotator.report.only import Narrowing, choose, narrow
from annotator.report.ports import Services, services
from annotator.report.quality import quality
from annotator.report.records import Record, Records
from annotator.report.sanitize import clean, clean_words
from annotator.report.scans import Scans, find_scans
from annotator.report.text import iso_time
from annotator.report.timeline import Timeline, unknown_timeline
from annotator.report.totals import totals

if TYPE_CHECKING:
    import pandas as pd

    from annotator.report.flow_rows import FlowRows

SCHEMA_VERSION: Final = 1
"""Of :meth:`Report.to_dict`: goes up when a name or a meaning changes, not when something is added."""


class Report:
    """What a run found. Each part is worked out when it is first asked for.

    The tables ``services``, ``unknown_ports``, ``disagreements``, ``endpoints`` and ``scans`` are
    :class:`~annotator.report.records.Records`: read-only lists of dicts with values as JSON has them.
    :attr:`flows` is a pandas DataFrame.
    """

    def __init__(self, analysis: Analysis, *, only: str | None = None) -> None:
        """Report on `analysis`; `only` is for :meth:`narrowed`."""
        self._analysis = analysis
        self._whole = self._facts = Facts(analysis)
        self.narrowing: Narrowing | None = None
        """How the report is narrowed; None where it is of all flows."""
        if only is not None:
            self.narrowing = choose(analysis.flows, only)
            self._facts = Facts(narrow(analysis, self.narrowing.rows), self._whole)

    def narrowed(self, only: str) -> "Report":
        """Give a report whose tables and flow rows are of some flows only; its totals stay those of the whole.

        Args:
            only: ``unknown`` for the flows on unknown ports, ``disagreements`` for those whose payload contradicts the
                assignment.

        Raises:
            UsageError: there is no such choice.
        """
        return Report(self._analysis, only=only)

    def shows(self, only: str) -> bool:
        """Say whether the report has the part that :meth:`narrowed` would narrow it to."""
        return self.narrowing is None or self.narrowing.only == only

    # -- the tables ------------------------------------------------------------------------------------------------

    @cached_property
    def flows(self) -> "pd.DataFrame":
        """The flow rows, with the columns of :data:`annotator.report.columns.FLOW` and its dtypes."""
        return self.flow_rows.data_frame()

    @cached_property
    def flow_rows(self) -> "FlowRows":
        """The flow rows as Arrow batches: what the table writers stream."""
        from annotator.report.flow_rows import FlowRows

        return FlowRows(self._facts)

    @cached_property
    def services(self) -> Services:
        """One row a (transport, responder's port), the most bytes first."""
        return services(self._facts)

    @cached_property
    def unknown_ports(self) -> UnknownPorts:
        """One row a (responder, transport, port) that is not assigned, the gravest first."""
        return unknown_ports(self._facts, self._scans)

    @cached_property
    def disagreements(self) -> Records:
        """One row a (responder, transport, port) whose payload contradicts the assignment."""
        return disagreements(self._facts)

    @cached_property
    def endpoints(self) -> Records:
        """One row a (responder, transport, port) that is in use, in order of address, transport and port."""
        return endpoints_in_use(self._facts)

    @cached_property
    def timeline(self) -> Timeline | None:
        """When bytes flowed on unknown ports, by status; None where none did, or no packet carries a time."""
        return unknown_timeline(self._facts)

    @property
    def scans(self) -> Records:
        """One row a (initiator, transport) that scanned."""
        return self._scans.records

    @cached_property
    def _scans(self) -> Scans:
        scans = find_scans(self._whole)
        if self.narrowing is None:
            return scans
        records = scans.records if self.shows("unknown") else Records(SCAN, 0, lambda _: {})
        return Scans(scans.flow[self.narrowing.rows], records)

    # -- the small parts -------------------------------------------------------------------------------------------

    @property
    def tool(self) -> Record:
        """Name and version of this program."""
        return {"name": "annotator", "version": __version__}

    @property
    def registry(self) -> Record:
        """Which registry was consulted."""
        info = self._analysis.registry.info
        return {
            "updated": clean(info.updated),
            "sha256": info.sha256,
            "records": info.records,
            "source": clean(info.source),
        }

    @cached_property
    def captures(self) -> list[Record]:
        """What was read of each capture; ``packets_read == packets_decoded + packets_stopped``."""
        return [
            {
                "name": clean(capture.name),
                "format": capture.format,
                "packets_read": capture.packets_read,
                "packets_decoded": capture.packets_decoded,
                "packets_stopped": capture.packets_stopped,
                "packets_filtered": capture.packets_filtered,
                "stopped": {word: number for word, number in capture.stopped.items() if number},
                "bytes": capture.bytes,
                "first_seen": iso_time(capture.first_ns),
                "last_seen": iso_time(capture.last_ns),
                "complete": capture.complete,
                "drops": capture.drops,
                "note": clean_words(capture.note),
            }
            for capture in self._analysis.captures
        ]

    @cached_property
    def totals(self) -> Record:
        """The capture as a whole; see :func:`annotator.report.totals.totals`."""
        return totals(self._whole)

    @cached_property
    def issues(self) -> list[Record]:
        """Non-fatal oddities, counted."""
        return [
            {
                "name": issue.name,
                "layer": issue.layer,
                "count": issue.count,
                "first_frame": issue.first_frame,
                "detail": clean_words(issue.detail),
                "capture": self.captures[issue.capture]["name"] if self.captures else "",
            }
            for issue in self._analysis.issues
        ]

    @cached_property
    def quality(self) -> list[str]:
        """What bounds the findings, in one sentence each; empty for a sound capture."""
        narrowed = [self.narrowing.sentence()] if self.narrowing else []
        return narrowed + quality(self._analysis)

    @property
    def options(self) -> Record:
        """Every setting that a result depends on, by its command-line name."""
        options = self._analysis.options
        return {name: clean(value) if isinstance(value, str) else value for name, value in options.items()}

    @property
    def caveat(self) -> str:
        """IANA's notice, word for word."""
        return NOTICE

    @property
    def complete(self) -> bool:
        """Whether every capture was read to its end, and no work was given up."""
        return all(capture.complete for capture in self._analysis.captures) and not any(
            issue.partial for issue in self._analysis.issues
        )

    # -- the whole -------------------------------------------------------------------------------------------------

    def members(self) -> Iterator[tuple[str, Any]]:
        """Give the report's members in order, the tables as :class:`Records`: for writers that stream."""
        yield "schema_version", SCHEMA_VERSION
        yield "narrowed", self.narrowing and self.narrowing.record()
        for name in ("tool", "registry", "captures", "quality", "totals", "services", "unknown_ports"):
            yield name, getattr(self, name)
        for name in ("disagreements", "endpoints", "scans", "issues", "options", "caveat"):
            yield name, getattr(self, name)

    def to_dict(self) -> Record:
        """Give the whole report but for the flow rows, as JSON would have it."""
        return {name: list(part) if isinstance(part, Records) else part for name, part in self.members()}

    def to_json(self, flows: bool = False) -> str:
        """Give the report as JSON; `flows` adds the flow rows."""
        return self.render("json", flows=flows)

    def to_markdown(self, flows: bool = False) -> str:
        """Give the report as Markdown; `flows` adds the flow rows."""
        return self.render("md", flows=flows)

    def __str__(self) -> str:
        """Give the report as the terminal shows it, 100 columns wide, without colour."""
        return self.render("text")

    def render(self, format: str, *, flows: bool = False, rows: str = "flows") -> str:  # noqa: A002 (the option's name)
        """Give the report in any format that is text.

        Raises:
            UsageError: there is no such format, it is no text (``xlsx``, ``parquet``), or there are no such rows.
        """
        from annotator.report.formats import find_format

        if find_format(format).is_binary:
            raise UsageError(f"{format} is no text; take to_bytes(), or write() it into a file")
        return self.to_bytes(format, flows=flows, rows=rows).decode()

    def to_bytes(self, format: str, *, flows: bool = False, rows: str = "flows") -> bytes:  # noqa: A002 (the option's name)
        """Give the report in any format, as a file holds it.

        Raises:
            UsageError: there is no such format, or no such rows.
        """
        from annotator.report.formats import encode

        return b"".join(encode(self, format, flows=flows, rows=rows))

    def write(
        self,
        path: str | Path,
        format: str | None = None,  # noqa: A002 (the option's name)
        *,
        force: bool = False,
        flows: bool = False,
        rows: str = "flows",
    ) -> None:
        """Write the report into a file, which appears whole or not at all.

        Args:
            path: the file; its ending tells the format.
            format: the format, where the ending is not to tell it.
            force: replace an existing file.
            flows: add the flow rows to a document (``text``, ``json``, ``md``; ``xlsx`` has them anyway).
            rows: which rows a table (``csv``, ``tsv``, ``ndjson``, ``parquet``) holds: ``flows``, ``services``,
                ``unknown``, ``disagreements``, ``endpoints``.

        Raises:
            OutputError: the file exists already, or cannot be written.
            UsageError: no such format or rows, or neither ending nor `format` tells the format.
        """
        from annotator.report.files import Target
        from annotator.report.formats import encode, format_of

        chosen = format_of(path, format)
        with Target(path, force=force).open() as file:
            for chunk in encode(self, chosen, flows=flows, rows=rows):
                file.write(chunk)

    def write_packets(self, path: str | Path, *, force: bool = False) -> None:
        """Write the packets of the report's flows into a pcapng file, which appears whole or not at all.

        The captures are read again: bytes, times, lengths and link types are theirs. Packets that belong to no flow
        (not IP, or stopped) are not in it, nor are ICMP errors that only quote a packet of a flow.

        Args:
            path: the file.
            force: replace an existing file.

        Raises:
            OutputError: the file exists already, or cannot be written.
            InputError: a capture cannot be read again (standard input, a live capture), or has changed.
        """
        from annotator.report.files import Target

        with Target(path, force=force).open() as file:
            self.copy_packets(file)

    def copy_packets(self, file: BinaryIO) -> None:
        """Write what :meth:`write_packets` writes into an open file."""
        import numpy as np

        from annotator.packets import write_packets
        from annotator.report.provenance import provenance_line

        if self.options.get("anonymize"):
            raise UsageError("the packets of an anonymised report would give away what it hides")
        rows = self.narrowing.rows if self.narrowing else np.arange(len(self._analysis.flows))
        write_packets(self._analysis, rows, file, provenance_line(self))
