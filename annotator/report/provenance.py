"""What was read and which registry was consulted, in the words that all documents share."""

from annotator.report import human
from annotator.report.records import Record
from annotator.report.report import Report

HASH_SHOWN = 12
"""Hex digits of the registry's sha256 that the documents show; JSON has all of them."""

_STOPPED = {"not_ip": "not IP"}


def registry_words(report: Report) -> str:
    """Name the registry by date, hash and size."""
    registry = report.registry
    return (
        f"registry {registry['updated'] or 'of unknown date'} (sha256 {registry['sha256'][:HASH_SHOWN]}…), "
        f"{human.counted(registry['records'], 'record')}"
    )


def accounting_words(capture: Record) -> str:
    """Account for every packet of a capture."""
    stopped = [f"{human.count(number)} {_STOPPED.get(word, word)}" for word, number in capture["stopped"].items()]
    filtered = capture["packets_filtered"]
    return (
        f"read {human.count(capture['packets_read'])} = {human.count(capture['packets_decoded'])} decoded + "
        f"{human.count(capture['packets_stopped'])} stopped"
        + (f" ({', '.join(stopped)})" if stopped else "")
        + (f"; the filter left out {human.count(filtered)}" if filtered else "")
    )


def provenance_line(report: Report) -> str:
    """Give one line that says who made a file, from which captures, by which registry."""
    names = ", ".join(capture["name"] for capture in report.captures)
    narrowed = f" · {report.narrowing.sentence()}" if report.narrowing else ""
    hidden = " · addresses, names and labels anonymised" if report.options.get("anonymize") else ""
    return f"annotator {report.tool['version']} · {names} · {registry_words(report)}{narrowed}{hidden}"


def said_of_rows(report: Report) -> dict[str, str]:
    """Give what each row says of its report, by member, where a row has to make sense alone."""
    narrowed = {"narrowed": report.narrowing.sentence()} if report.narrowing else {}
    return narrowed | {"caveat": report.caveat}
