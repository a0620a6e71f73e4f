"""``annotate baseline`` learns which services are in use, ``annotate check`` says what has become of them."""

from typing import TYPE_CHECKING, Any

import click

from annotator.baseline.outputs import FORMS
from annotator.cli.options import CONTEXT, flow_options
from annotator.cli.read import PARTIAL
from annotator.errors import OutputError

if TYPE_CHECKING:
    from annotator.report.files import Target
    from annotator.report.report import Report

VIOLATED = 5
"""Exit code of a check that found something; it wins over PARTIAL."""

_captures = click.argument("captures", nargs=-1, metavar="CAPTURE...")
_named = click.option(
    "-r", "--read", "named", multiple=True, metavar="FILE", help="A capture, whatever its name looks like."
)
_resync = click.option("--resync", is_flag=True, help="Go on behind damage, at the next plausible record.")
_force = click.option("--force", is_flag=True, help="Replace output files that exist.")
_debug = click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")


@click.command(context_settings=CONTEXT)
@_captures
@_named
@click.option("-o", "--output", metavar="FILE", help="Write there, as baseline.toml; standard output unless given.")
@click.option("--fold-remote", is_flag=True, help="Services of remote responders by port only, whoever answers.")
@_force
@flow_options
@_resync
@_debug
def baseline(
    captures: tuple[str, ...], named: tuple[str, ...], output: str | None, fold_remote: bool, force: bool, **given: Any
) -> int:
    """Learn which services are in use, as a TOML file to read, edit and keep under version control.

    One block for each endpoint that answered: its registry status, and the protocols that its payload showed.
    Compare later traffic with it: annotate check CAPTURE --baseline FILE
    """
    from annotator.cli.terminal import print_bytes

    paths = _paths(captures, named)
    target = None if output is None or output == "-" else _target(output, force, paths)
    report = _report(paths, given)

    from annotator.baseline.learn import learn

    if target is None:
        for piece in learn(report, fold_remote=fold_remote):
            print_bytes(piece)
    else:
        with target.open() as file:
            for piece in learn(report, fold_remote=fold_remote):
                file.write(piece)
    return 0 if report.complete else PARTIAL


@click.command(context_settings=CONTEXT)
@_captures
@_named
@click.option("--baseline", "baseline_file", required=True, metavar="FILE", help="What annotate baseline wrote.")
@click.option("--allow-gone", is_flag=True, help="A service that was not seen is told, and is no violation.")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    help="Write the outcome there; .xml is JUnit, .sarif, .json or .txt what they say.",
)
@click.option("--format", "form", type=click.Choice(list(FORMS)), help="The form, whatever the ending.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing where nothing violates the baseline.")
@_force
@flow_options
@_resync
@_debug
def check(
    captures: tuple[str, ...],
    named: tuple[str, ...],
    baseline_file: str,
    allow_gone: bool,
    outputs: tuple[str, ...],
    form: str | None,
    quiet: bool,
    force: bool,
    **given: Any,
) -> int:
    """Say which services are new, gone or changed against a baseline; exit code 5 if anything is.

    One line on standard output tells the outcome, what deviates follows it, unless -o says where that goes. For cron
    and CI: annotate check today.pcap --baseline baseline.toml -q -o check.xml
    """
    from annotator.baseline.check import check as compare
    from annotator.baseline.outputs import encode, form_of
    from annotator.baseline.read import load_baseline
    from annotator.cli.terminal import print_bytes, print_text

    paths = _paths(captures, named)
    expected = load_baseline(baseline_file)
    planned = [(_target(path, force, [*paths, baseline_file]), form_of(path, form)) for path in outputs]
    found = compare(_report(paths, given), expected, allow_gone=allow_gone)
    for target, chosen in planned:
        with target.open() as file:
            for piece in encode(found, chosen):
                file.write(piece)
    if not (quiet and not found.violated):
        if planned:
            print_text([f"{found.summary}\n"])
        else:
            for piece in encode(found, form or "text"):
                print_bytes(piece)
    if found.violated:
        return VIOLATED
    return 0 if found.report.complete else PARTIAL


def _target(path: str, force: bool, inputs: list[str]) -> "Target":
    from annotator.report.files import Target

    target = Target(path, force)
    if any(source != "-" and target.same_as(source) for source in inputs):
        raise OutputError(f"{path}: is a file that is read; choose another name")
    return target


def _paths(captures: tuple[str, ...], named: tuple[str, ...]) -> list[str]:
    paths = [*captures, *named]
    if not paths:
        raise click.UsageError("name a capture to read, or - for standard input")
    if paths.count("-") > 1:
        raise click.UsageError("standard input can be read once only")
    return paths


def _report(paths: list[str], given: dict[str, Any]) -> "Report":
    from annotator import annotate
    from annotator.cli.progress import ProgressBar

    with ProgressBar() as progress:
        return annotate(*paths, progress=progress, **given)
