"""The page's charts, worked out: bars as wide as their share, and the timeline as stacked rectangles.

Drawn into the page itself, so that they are there on paper and without scripts; on a screen, the page's script puts
an interactive timeline in place of the drawn one.
"""

from dataclasses import dataclass
from typing import Any, Final

from annotator.report import human
from annotator.report.brief import port_label, words
from annotator.report.report import Report
from annotator.report.timeline import Timeline

MOST_BARS: Final = 12
"""Unknown ports that the chart by volume shows."""

_WIDTH: Final = 720
_HEIGHT: Final = 160


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart."""

    label: str
    bytes: str
    bytes_share: str
    bytes_width: float
    """Per cent of the chart's width."""
    flows: str
    flows_share: str
    flows_width: float
    mark: str = ""
    """A word that the line is marked with, besides the colour."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a title."""

    title: str
    by: str
    """What a line is."""
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The timeline as a drawing."""

    width: int
    height: int
    rectangles: list[tuple[str, float, float, float, float]]
    """(status, x, y, width, height)."""
    top: str
    """The highest column's bytes."""
    first: str
    last: str
    bin: str
    statuses: list[tuple[str, str]]
    """Each status with its bytes."""


def _width(part: float, whole: float) -> float:
    """Give a width in per cent; what is more than nothing is seen."""
    return round(max(100 * part / whole, 0.5), 2) if part > 0 and whole > 0 else 0.0


def breakdowns(report: Report) -> list[Chart]:
    """Chart bytes and flows by range class, status and agreement."""
    return [
        Chart(f"By {name}", name, _bars(report.totals[f"by_{name.replace(' ', '_')}"]))
        for name in ("range class", "status", "agreement")
    ]


def _bars(parts: dict[str, dict[str, int]]) -> list[Bar]:
    octets = sum(part["bytes"] for part in parts.values())
    flows = sum(part["flows"] for part in parts.values())
    return [
        Bar(
            "no port" if word == "none" else words(word),
            human.size(part["bytes"]),
            human.share(part["bytes"], octets),
            _width(part["bytes"], octets),
            human.count(part["flows"]),
            human.share(part["flows"], flows),
            _width(part["flows"], flows),
            word,
        )
        for word, part in parts.items()
    ]


def unknown_by_volume(report: Report) -> Chart | None:
    """Chart the unknown-port endpoints in use with the most bytes."""
    unknown = report.unknown_ports
    rows = sorted(unknown[: min(unknown.in_use, 1000)], key=lambda row: -row["bytes"])[:MOST_BARS]
    if not rows:
        return None
    octets, flows = max(row["bytes"] for row in rows), max(row["flows"] for row in rows)
    bars = [
        Bar(
            f"{row['responder_addr']}  {port_label(row['port'], row['transport'], None)}",
            human.size(row["bytes"]),
            human.share(row["bytes"], unknown.bytes),
            _width(row["bytes"], octets),
            human.count(row["flows"]),
            "",
            _width(row["flows"], flows),
            row["severity"],
        )
        for row in rows
    ]
    return Chart("Unknown ports by volume", "endpoint", bars)


def timeline_data(line: Timeline) -> dict[str, Any]:
    """Give the timeline as the page's script takes it: seconds since 1970 and bytes."""
    return {
        "start": line.start_ns / 1e9,
        "bin": line.bin_ns / 1e9,
        "series": [{"word": word, "bytes": octets} for word, octets in line.bytes_by_status.items()],
    }


def draw_timeline(line: Timeline) -> Drawn:
    """Draw the timeline as columns of stacked rectangles."""
    from annotator.report.text import iso_time

    tallest = max(map(sum, zip(*line.bytes_by_status.values(), strict=True)))
    step = _WIDTH / line.bins
    rectangles = []
    for place in range(line.bins):
        y = float(_HEIGHT)
        for word, octets in line.bytes_by_status.items():
            if octets[place]:
                height = max(_HEIGHT * octets[place] / tallest, 1)
                y -= height
                rectangles.append((word, round(place * step, 2), round(y, 2), round(step * 0.88, 2), round(height, 2)))
    stop = line.start_ns + line.bins * line.bin_ns
    first, last = (_moment(iso_time(ns)) for ns in (line.start_ns, stop))
    totals = [(words(word), human.size(sum(octets))) for word, octets in line.bytes_by_status.items()]
    return Drawn(_WIDTH, _HEIGHT, rectangles, human.size(tallest), first, last, duration(line.bin_ns / 1e9), totals)


def _moment(text: str | None) -> str:
    return (text or "")[:19].replace("T", " ")


def duration(seconds: float) -> str:
    """Write a length of time in one or two units: ``12.5 s``, ``2 h 5 min``, ``3 d 4 h``."""
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86_400)
    if hours < 2:
        return f"{minutes} min"
    parts = f"{hours} h", f"{minutes % 60} min"
    if days:
        parts = f"{days} d", f"{hours % 24} h"
    return parts[0] if parts[1].startswith("0 ") else " ".join(parts)
