"""The report for a terminal: what a firewall admin needs first stands first. Piped, it is plain text, 100 wide."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from annotator.report import human
from annotator.report.brief import (
    brief_flows,
    closing,
    contact,
    contradiction,
    evidence,
    named,
    no_unknown_ports,
    observed_tally,
    peers,
    port_label,
    scan,
    standing,
    words,
)
from annotator.report.provenance import accounting_words, registry_words
from annotator.report.records import Record
from annotator.report.report import Report

if TYPE_CHECKING:
    from rich.text import Text

WIDTH: Final = 100
"""Columns where no terminal says how many it has."""
NARROWEST: Final = 56
"""What is narrower wraps."""

FINDINGS_SHOWN: Final = 10
SERVICES_SHOWN: Final = 10
SCANS_SHOWN: Final = 5
CAPTURES_SHOWN: Final = 5
ISSUES_SHOWN: Final = 10

_MARKS: Final = {"high": ("!!", "bold red"), "medium": ("! ", "yellow"), "low": ("  ", ""), "info": ("  ", "dim")}
_INDENT: Final = 4


def encode(report: Report, *, flows: bool, rows: str) -> Iterator[bytes]:
    """Give the file's bytes; `flows` adds a line for each flow."""
    del rows  # a document holds every table
    yield render(report, flows=flows).encode()


def render(report: Report, *, width: int = WIDTH, color: bool = False, flows: bool = False) -> str:
    """Give the report as lines of at most `width` cells; `color` adds a terminal's escape sequences."""
    width = max(width, NARROWEST)
    lines = Page(report, width).lines(flows)
    if not color:
        return "".join(f"{line.plain.rstrip()}\n" for line in lines)
    import io

    from rich.console import Console

    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=True,
        color_system="standard",
        no_color=False,  # whatever the environment says: that was looked at before
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        for line in lines:
            line.rstrip()
            console.print(line, soft_wrap=True)
    return capture.get()


def _limit(number: int, most: int) -> int:
    """Say how many of `number` lines to show: `most`, but for the sake of two none is left out."""
    return number if number <= most + 2 else most


def _standing_cells(row: Record) -> list[str]:
    """Give range class and status of a row's port; nothing where it has none."""
    return [words(row["range_class"]), words(row["status"])] if row["port"] is not None else ["", ""]


class Page:
    """A report laid out for one width."""

    def __init__(self, report: Report, width: int) -> None:
        """Lay `report` out in lines of at most `width` cells."""
        self._report = report
        self._width = width
        self._wide = width >= 84

    def lines(self, flows: bool) -> Iterator["Text"]:
        """Give the report line by line, the most pressing parts first."""
        from rich.text import Text

        yield from self._head()
        for part in (self._unknown(), self._disagreements(), self._services(), self._breakdowns(), self._issues()):
            lines = list(part)
            if lines:
                yield Text()
                yield from lines
        if flows:
            yield Text()
            yield from self._flows()
        yield Text()
        yield from self._foot()

    # -- parts -----------------------------------------------------------------------------------------------------

    def _head(self) -> Iterator["Text"]:
        from annotator.report.layout import joined

        captures = self._report.captures
        flows = human.counted(self._report.totals["flows"], "flow")
        for capture in captures[:CAPTURES_SHOWN]:
            pieces = [
                f"{capture['name']}   {human.span(capture['first_seen'], capture['last_seen'])} UTC",
                human.counted(capture["packets_read"], "packet"),
                human.size(capture["bytes"]),
                *([flows] if len(captures) == 1 else []),
            ]
            lines = joined(pieces, self._width)
            lines[0].stylize("bold", 0, len(capture["name"]))
            yield from lines
            alone = [registry_words(self._report)] if len(captures) == 1 else []
            yield from joined([accounting_words(capture), *alone], self._width)
        if len(captures) > CAPTURES_SHOWN:
            yield from joined([f"… and {human.counted(len(captures) - CAPTURES_SHOWN, 'more capture')}"], self._width)
        if len(captures) != 1:
            packets = sum(capture["packets_read"] for capture in captures)
            whole = [human.counted(len(captures), "capture"), human.counted(packets, "packet"), flows]
            yield from joined([*whole, registry_words(self._report)], self._width)
        for line in self._report.quality:
            yield from self._marked("!", line, "bold yellow")

    def _marked(self, mark: str, text: str, style: str) -> Iterator["Text"]:
        from rich.text import Text

        from annotator.report.layout import fold

        for place, line in enumerate(fold(text, self._width - 2)):
            yield Text(f"{'  ' if place else mark + ' '}{line}", style=style)

    def _unknown(self) -> Iterator["Text"]:
        if not self._report.shows("unknown"):
            return
        unknown = self._report.unknown_ports
        if not unknown and not self._report.scans:
            yield from self._heading("UNKNOWN PORTS", no_unknown_ports(self._report))
            return
        whole = sum(part["bytes"] for part in self._report.totals["by_status"].values())
        answered = human.counted(unknown.answered, "endpoint") + " answered"
        yield from self._heading("UNKNOWN PORTS", f"{answered} · {human.share(unknown.bytes, whole)} of bytes")
        shown = unknown[: _limit(unknown.in_use, FINDINGS_SHOWN)]
        yield from self._endpoints(shown)
        yield from self._more(unknown.in_use - len(shown), "endpoint", "in use")
        if shown:
            yield from self._note("the Wireshark filter of each: -o report.html or --rows unknown")
        scans = self._report.scans[: _limit(len(self._report.scans), SCANS_SHOWN)]
        for row in scans:
            yield from self._note(f"scan: {scan(row)}")
        yield from self._more(len(self._report.scans) - len(scans), "scan")
        tried = len(unknown) - unknown.in_use
        if tried:
            yield from self._note(f"{human.counted(tried, 'endpoint')} {'was' if tried == 1 else 'were'} tried in vain")

    def _endpoints(self, rows: list[Record]) -> Iterator["Text"]:
        from rich.cells import cell_len
        from rich.text import Text

        from annotator.report.layout import JOINT, joined

        # IPv4 addresses align; an IPv6 address runs over, and is never cut
        column = max((len(row["responder_addr"]) for row in rows if ":" not in row["responder_addr"]), default=0)
        for row in rows:
            mark, style = _MARKS[row["severity"]]
            line = Text.assemble(f" {mark} ", (f"{row['responder_addr']:<{column}}", "bold"))
            line.stylize(style, 1, 3)
            indent = _INDENT + column + 2 if self._wide and column else _INDENT
            port, assignment = f"  {row['port']}/{row['transport']}", standing(row)
            if line.cell_len + len(port) > self._width:
                yield line
                line = Text(" " * (_INDENT - 2))
            line.append(f"{port:<14}", "bold")
            if line.cell_len + len(assignment) > self._width:
                yield line
                line = Text(" " * indent)
            line.append(assignment)
            seen = evidence(row)
            if line.cell_len + len(JOINT) + cell_len(seen) <= self._width:
                yield line.append(JOINT + seen)
            else:
                yield line
                yield from joined([seen], self._width, indent)
            reason = row["severity_reason"]
            facts = [contact(row), peers(row), human.size(row["bytes"]), self._when(row)]
            if row["unauthorized_use"]:
                yield from joined([f"reported to IANA: {row['unauthorized_use']}"], self._width, indent)
            if row["site"]:
                yield from joined([f"site: {row['site']}"], self._width, indent)
            if named(row):
                yield from joined([named(row)], self._width, indent)
            lines = joined([reason, *facts], self._width, indent)
            lines[0].stylize(style, indent, indent + len(reason))
            yield from lines
            if row["likely_ephemeral"]:
                yield from joined([f"likely ephemeral: {row['likely_ephemeral_reason']}"], self._width, indent)
            yield from self._next(row, indent)

    def _next(self, row: Record, indent: int) -> Iterator["Text"]:
        """Say what to look at next, where it is worth somebody's time."""
        from annotator.report.layout import joined

        if row["severity"] in ("high", "medium"):
            yield from joined([f"→ {row['next_step']}"], self._width, indent)

    def _when(self, row: Record) -> str:
        captures = self._report.captures
        days = {(capture[end] or "")[:10] for capture in captures for end in ("first_seen", "last_seen")}
        return human.span(row["first_seen"], row["last_seen"], seconds=False, day=len(days) > 1)

    def _disagreements(self) -> Iterator["Text"]:
        from rich.text import Text

        from annotator.report.layout import joined

        rows = self._report.disagreements
        if not rows:
            return
        yield from self._heading("DISAGREEMENTS", human.count(len(rows)))
        shown = rows[: _limit(len(rows), FINDINGS_SHOWN)]
        for row in shown:
            label = port_label(row["port"], row["transport"], row["service"])
            mark, style = _MARKS[row["severity"]]
            yield Text.assemble(" ", (mark, style), " ", (f"{row['responder_addr']}  {label}", "bold"))
            yield from joined([contradiction(row)], self._width, _INDENT)
            if row["site"]:
                yield from joined([f"site: {row['site']}"], self._width, _INDENT)
            if named(row):
                yield from joined([named(row)], self._width, _INDENT)
            facts = [peers(row), human.counted(row["flows"], "flow"), human.size(row["bytes"]), self._when(row)]
            yield from joined([row["severity_reason"], *facts], self._width, _INDENT)
            yield from self._next(row, _INDENT)
        yield from self._more(len(rows) - len(shown), "disagreement")

    def _services(self) -> Iterator["Text"]:
        services = self._report.services
        shown = services[: _limit(services.answered, SERVICES_SHOWN)]
        if not shown:
            return
        silent = len(services) - services.answered
        extra = f"; {human.counted(silent, 'more port')} tried in vain" if silent else ""
        yield from self._heading("SERVICES", f"by bytes, {len(shown)} of {human.count(services.answered)}{extra}")
        yield from self._wide_services(shown) if self._wide else self._narrow_services(shown)

    def _wide_services(self, rows: list[Record]) -> Iterator["Text"]:
        """Give each service a line of cells, as wide as they need to be, and a bar in what is left."""
        from rich.text import Text

        from annotator.report.layout import bar, joined, pad

        labels = [port_label(row["port"], row["transport"], row["service"], width=5) for row in rows]
        cells = [
            [*_standing_cells(row), observed_tally(row), human.counted(row["flows"], "flow"), human.size(row["bytes"])]
            for row in rows
        ]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        rest = sum(2 + width for width in widths if width)
        label_width = min(max(map(len, labels)), self._width - _INDENT - rest)
        top = max(row["bytes"] for row in rows)
        for row, label, texts in zip(rows, labels, cells, strict=True):
            fits = len(label) <= label_width
            if not fits:  # a line of its own: it is never cut
                yield from joined([label.strip()], self._width, _INDENT)
            line = Text(" " * _INDENT + pad(label if fits else "", label_width))
            for place, (text, width) in enumerate(zip(texts, widths, strict=True)):
                notable = place == 1 and row["status"] not in ("assigned", "none")
                line.append(f"  {pad(text, width, right=place > 2)}" if width else "", "yellow" if notable else "")
            line.append(" " + bar(row["bytes"], top, self._width - line.cell_len - 1), "cyan")
            yield line
            if row["site"]:
                yield from joined([f"site: {row['site']}"], self._width, _INDENT + 2)

    def _narrow_services(self, rows: list[Record]) -> Iterator["Text"]:
        """Give each service two lines: the port and how much, then what is said of it."""
        from annotator.report.layout import joined

        for row in rows:
            label = port_label(row["port"], row["transport"], row["service"])
            amounts = [human.counted(row["flows"], "flow"), human.size(row["bytes"])]
            yield from joined([label, *amounts], self._width, _INDENT)
            said = [_standing_cells(row)[1], observed_tally(row)]
            if any(said):
                yield from joined(filter(None, said), self._width, 2 * _INDENT)

    def _breakdowns(self) -> Iterator["Text"]:
        from annotator.report.layout import beside, joined

        totals = self._report.totals
        if not totals["flows"]:
            return
        left = list(self._breakdown("RANGE CLASSES", totals["by_range_class"]))
        right = list(self._breakdown("STATUSES", totals["by_status"]))
        if self._wide:
            yield from beside(left, right, self._width // 2)
        else:
            yield from left
            yield from right
        outcomes = [f"{human.count(part['flows'])} {words(word)}" for word, part in totals["by_outcome"].items()]
        yield from joined(["outcomes: " + outcomes[0], *outcomes[1:]], self._width, _INDENT)

    def _breakdown(self, title: str, parts: dict[str, dict[str, int]]) -> Iterator["Text"]:
        from rich.text import Text

        from annotator.report.layout import bar, pad

        whole = sum(part["bytes"] for part in parts.values())
        room = self._width // 2 if self._wide else self._width
        yield from self._heading(title, "by bytes")
        for word, part in parts.items():
            name = "no port" if word == "none" else words(word)
            line = Text(" " * _INDENT + pad(name, 10))
            line.append(pad(human.share(part["bytes"], whole), 8, right=True))
            line.append(pad(human.counted(part["flows"], "flow"), 13, right=True) + " ")
            line.append(bar(part["bytes"], whole, room - line.cell_len - 2), "cyan")
            yield line

    def _issues(self) -> Iterator["Text"]:
        issues = self._report.issues
        if not issues:
            return
        yield from self._heading("ISSUES", human.count(len(issues)))
        many = len(self._report.captures) > 1
        shown = issues[: _limit(len(issues), ISSUES_SHOWN)]
        for issue in shown:
            where = f" of {issue['capture']}" if many else ""
            first = f", first in frame {human.count(issue['first_frame'])}{where}" if issue["first_frame"] else where
            times = human.counted(issue["count"], "time")
            yield from self._note(f"{issue['name']} ({issue['layer']}), {times}{first}: {issue['detail']}")
        yield from self._more(len(issues) - len(shown), "issue")

    def _flows(self) -> Iterator["Text"]:
        from rich.text import Text

        from annotator.report.layout import joined

        yield from self._heading("FLOWS", human.count(len(self._report.flow_rows)))
        for flow in brief_flows(self._report):
            target = f"{flow.responder} {flow.port}"
            line = f"{flow.time}  {flow.initiator} → {target}"
            rest = [flow.status, flow.outcome, f"{flow.packets} packets", flow.size, flow.agreement]
            yield from joined([line], self._width, _INDENT)
            yield from joined(rest, self._width, 2 * _INDENT, "dim")
        yield Text()

    def _foot(self) -> Iterator["Text"]:
        from rich.text import Text

        from annotator.report.layout import fold

        for line in fold(closing(self._report), self._width):
            yield Text(line)
        yield Text()
        for paragraph in self._report.caveat.split("\n"):
            for line in fold(paragraph, self._width):
                yield Text(line)

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _heading(self, title: str, rest: str) -> Iterator["Text"]:
        from annotator.report.layout import joined

        lines = joined(f"{title}   {rest}".split(" · "), self._width)
        lines[0].stylize("bold", 0, len(title))
        yield from lines

    def _note(self, text: str) -> Iterator["Text"]:
        from annotator.report.layout import joined

        yield from joined([text], self._width, _INDENT)

    def _more(self, number: int, noun: str, adjective: str = "") -> Iterator["Text"]:
        if number > 0:
            plural = noun if number == 1 else f"{noun}s"
            rest = f" {adjective}" if adjective else ""
            yield from self._note(f"… and {human.count(number)} more {plural}{rest}: -o report.json lists all")
