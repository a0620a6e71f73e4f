"""Where a report goes: planned and checked before the long work, written after it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.cli.terminal import coloured, print_bytes, print_text, width
from annotator.errors import OutputError, UsageError
from annotator.report.files import Target
from annotator.report.formats import FORMATS, check_wanted, encode, format_of

if TYPE_CHECKING:
    from annotator.report.report import Report

STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Output:
    """One place that the report goes to."""

    target: Target | None
    """None: standard output."""
    format: str
    flows: bool
    rows: str


def plan(
    outputs: Sequence[str],
    format_name: str | None,
    *,
    flows: bool,
    rows: str,
    force: bool,
    inputs: Sequence[str] = (),
) -> list[Output]:
    """See that every output can be written in its format; none at all is standard output.

    Raises:
        OutputError: a file exists, is one of the `inputs`, or cannot be made.
        UsageError: a format is unknown or cannot hold what is asked for, or one place is named twice.
    """
    planned: list[Output] = []
    for path in outputs or [STDOUT]:
        name = (format_name or "text") if path == STDOUT else format_of(path, format_name)
        check_wanted(name, flows, rows)
        if path == STDOUT and FORMATS[name].is_binary and sys.stdout.isatty():
            raise UsageError(f"{name} is no text for a terminal; give -o FILE, or send it to a program")
        target = None if path == STDOUT else Target(path, force)
        if target and any(source != STDOUT and target.same_as(source) for source in inputs):
            raise OutputError(f"{path}: is the capture that is read; choose another name")
        for other in planned:
            if other.target.same_as(path) if other.target and target else other.target is target:
                raise UsageError(f"-o {path} is given twice")
        planned.append(Output(target, name, flows, rows))
    return planned


def plan_packets(path: str, planned: Sequence[Output], *, force: bool, inputs: Sequence[str]) -> Target:
    """See that the packets of the inputs can be written to a file.

    Raises:
        InputError: an input cannot be read twice.
        OutputError: the file exists, is one of the `inputs`, or cannot be made.
        UsageError: it is standard output, or the report goes there.
    """
    from annotator.packets import check_readable_again

    check_readable_again(inputs)
    if path == STDOUT:
        raise UsageError("-w writes a file; name one")
    target = Target(path, force)
    if any(target.same_as(source) for source in inputs):
        raise OutputError(f"{path}: is the capture that is read; choose another name")
    if any(output.target and output.target.same_as(path) for output in planned):
        raise UsageError(f"-w {path} and -o name the same file")
    return target


def write(report: "Report", outputs: Sequence[Output]) -> None:
    """Write the report to each place; files appear whole or not at all.

    Raises:
        OutputError: a file could not be written.
        BrokenPipeError: the reader of standard output went away.
    """
    for output in outputs:
        if output.target is None:
            _to_stdout(report, output)
            continue
        with output.target.open() as file:
            for piece in encode(report, output.format, flows=output.flows, rows=output.rows):
                file.write(piece)


def _to_stdout(report: "Report", output: Output) -> None:
    try:
        if output.format == "text":
            from annotator.report.as_text import render

            print_text([render(report, width=width(), color=coloured(), flows=output.flows)])
        else:
            for piece in encode(report, output.format, flows=output.flows, rows=output.rows):
                print_bytes(piece)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output: cannot be written: {error.strerror}") from error
