"""Numbers and times as people read them, for the documents. Rows for programs never pass through here."""

from typing import Final

_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def count(number: int) -> str:
    """Give a whole number with thousands separated: ``184,220``."""
    return f"{number:,}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Give a number with its noun: ``1 flow``, ``1,204 flows``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def size(octets: int) -> str:
    """Give a number of bytes in decimal units with two or three digits: ``121 MB``, ``2.1 MB``, ``310 kB``."""
    value = float(octets)
    for unit in _UNITS:
        if value < 999.5 or unit == _UNITS[-1]:
            break
        value /= 1000
    if unit == "B" or value >= 99.95:
        return f"{value:.0f} {unit}"
    return f"{value:.1f} {unit}"


def share(part: float, whole: float) -> str:
    """Give a share in percent; what is neither none nor all is never rounded to that."""
    if whole <= 0:
        return "0 %"
    percent = 100 * part / whole
    if part == whole:
        return "100 %"
    if percent > 99.9:
        return ">99.9 %"
    if 0 < percent < 0.1:
        return "<0.1 %"
    return f"{percent:.1f} %" if part else "0 %"


def span(first: str | None, last: str | None, seconds: bool = True, day: bool = True) -> str:
    """Give a stretch of time from two ISO 8601 texts: ``2026-05-04 09:12:03 → 09:41:17``, the day once if it is one.

    `seconds` false leaves the seconds off; `day` false leaves the day off where both ends share it.
    """
    if first is None or last is None:
        return "no time"
    width = 19 if seconds else 16
    arrow = " → " if seconds else "–"  # noqa: RUF001 (a dash between two times is an en dash)
    (first_day, first_clock), (last_day, last_clock) = first[:width].split("T"), last[:width].split("T")
    if first_day != last_day:
        return f"{first_day} {first_clock} → {last_day} {last_clock}"
    times = first_clock if first_clock == last_clock else f"{first_clock}{arrow}{last_clock}"
    return f"{first_day} {times}" if day else times


def listed(words: list[str], last: str = "and") -> str:
    """Join words for a sentence: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
