"""``annotate CAPTURE...``: the main job."""

import math
from typing import Any

import click

from annotator._version import __version__
from annotator.report.formats import FORMATS, ROWS

PARTIAL = 4
"""Exit code of a report on captures that were not read to their end."""

COMMANDS_HELP = (
    ("lookup", "ask the registry directly: annotate lookup 8080 443/tcp ssh"),
    ("registry", "which registry is in use, and others"),
)


class MainCommand(click.Command):
    """The main job, whose help also names the commands and the formats."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then what comes besides."""
        super().format_options(ctx, formatter)
        with formatter.section("Formats (-o FILE by its ending, or --format)"):
            formatter.write_dl([(made.name, made.usage) for made in FORMATS.values()])
        with formatter.section("Commands (a file of such a name is reached as ./NAME or with -r)"):
            formatter.write_dl(COMMANDS_HELP)


def _seconds(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """See that a number of seconds is one that nanoseconds can count."""
    del context
    if value is not None and not (math.isfinite(value) and 0 <= value <= 1e9):
        raise click.BadParameter("give seconds from 0 (never) to a thousand million", param=option)
    return value


def _networks(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...] | None:
    """Split lists at their commas."""
    del context, option
    networks = tuple(text.strip() for value in values for text in value.split(",") if text.strip())
    return networks or None


@click.command(cls=MainCommand, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("captures", nargs=-1, metavar="CAPTURE...")
@click.option("-r", "--read", "named", multiple=True, metavar="FILE", help="A capture, whatever its name looks like.")
@click.option("-o", "--output", "outputs", multiple=True, metavar="FILE", help="Write there; the ending tells the format.")
@click.option("--format", "format_name", type=click.Choice(list(FORMATS)), help="The format, whatever the ending.")
@click.option("--flows", is_flag=True, help="Add the flow rows to a document.")
@click.option("--rows", type=click.Choice(ROWS), default="flows", show_default=True, help="The rows of a table.")
@click.option("--force", is_flag=True, help="Replace output files that exist.")
@click.option(
    "--local",
    multiple=True,
    metavar="NETS",
    callback=_networks,
    help="Networks that count as local, as 10.0.0.0/8,2001:db8::/32; the private ranges unless given.",
)
@click.option(
    "--idle-timeout",
    "idle_timeout_s",
    type=float,
    metavar="S",
    callback=_seconds,
    help="Seconds of silence that split a flow, 0 never; 300 for TCP and 60 for all else unless given.",
)
@click.option(
    "--active-timeout",
    "active_timeout_s",
    type=float,
    default=0,
    metavar="S",
    callback=_seconds,
    help="Seconds after which a flow is split; 0, never, unless given.",
)
@click.option("--ignore-vlan", is_flag=True, help="Join flows that differ by VLAN only (mirror ports).")
@click.option("--registry", metavar="FILE", help="Consult this file of IANA's instead of the embedded registry.")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.version_option(__version__, "-V", "--version", prog_name="annotate", message="%(prog)s %(version)s")
def read(
    captures: tuple[str, ...],
    named: tuple[str, ...],
    outputs: tuple[str, ...],
    format_name: str | None,
    flows: bool,
    rows: str,
    force: bool,
    debug: bool,
    **settings: Any,
) -> int:
    """Say what is talking on which ports of a capture, what IANA's registry says those ports are, and what is on
    ports that nobody was assigned.

    CAPTURE is a pcap or pcapng file, or - for standard input.
    """
    del debug  # main() looks for it
    paths = [*captures, *named]
    if not paths:
        raise click.UsageError("name a capture to read, or - for standard input")
    if paths.count("-") > 1:
        raise click.UsageError("standard input can be read once only")

    from annotator.cli.output import plan, write

    planned = plan(outputs, format_name, flows=flows, rows=rows, force=force, inputs=paths)

    from annotator import annotate
    from annotator.cli.progress import ProgressBar

    with ProgressBar() as progress:
        report = annotate(*paths, progress=progress, **settings)
    write(report, planned)
    return 0 if report.complete else PARTIAL
