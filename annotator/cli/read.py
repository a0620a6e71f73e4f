"""``annotate CAPTURE...``: the main job."""

import gc
from typing import Any

import click

from annotator._version import __version__
from annotator.cli import COMMANDS, INTERRUPTED
from annotator.cli.options import CONTEXT, flow_options, output_options
from annotator.report.formats import FORMATS

PARTIAL = 4
"""Exit code of a report on captures that were not read to their end."""


class MainCommand(click.Command):
    """The main job, whose help also names the commands and the formats."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then what comes besides."""
        super().format_options(ctx, formatter)
        with formatter.section("Formats (-o FILE by its ending, or --format)"):
            formatter.write_dl([(made.name, made.usage) for made in FORMATS.values()])
        with formatter.section("Commands (a file of such a name is reached as ./NAME or with -r)"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


def prepare_kernels(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    """Compile all kernels and leave, where that is asked for."""
    del option
    if not wanted or context.resilient_parsing:
        return
    from annotator.cli.progress import show_preparing

    show_preparing()
    context.exit()


@click.command(cls=MainCommand, context_settings=CONTEXT)
@click.argument("captures", nargs=-1, metavar="CAPTURE...")
@click.option("-r", "--read", "named", multiple=True, metavar="FILE", help="A capture, whatever its name looks like.")
@output_options
@click.option(
    "-w",
    "--write-packets",
    "packets_path",
    metavar="FILE",
    help="Also write the packets of the report's flows (all, or those that --only leaves) as pcapng.",
)
@flow_options
@click.option("--resync", is_flag=True, help="Go on behind damage, at the next plausible record; gaps are reported.")
@click.option("--deep", is_flag=True, help="Ask tshark about flows on unknown ports, unrecognised or disagreeing.")
@click.option(
    "--deep-flows",
    type=click.IntRange(0, 10_000),
    default=50,
    show_default=True,
    metavar="N",
    help="Flows that tshark is asked about at the most.",
)
@click.option(
    "--deep-packets",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    metavar="M",
    help="Packets of each of them.",
)
@click.option(
    "--prepare",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=prepare_kernels,
    help="Compile everything that a capture may need, once after installing, and exit.",
)
@click.option("--debug", is_flag=True, help="Show where an error came from.")
@click.version_option(__version__, "-V", "--version", prog_name="annotate", message="%(prog)s %(version)s")
def read(
    captures: tuple[str, ...],
    named: tuple[str, ...],
    outputs: tuple[str, ...],
    format_name: str | None,
    flows: bool,
    rows: str,
    only: str | None,
    force: bool,
    packets_path: str | None,
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

    from annotator.cli.output import plan, plan_packets, write

    if packets_path is not None and settings["anonymize"] is not None:
        raise click.UsageError("-w writes packets as they are: with --anonymize that would give the secret away")
    planned = plan(outputs, format_name, flows=flows, rows=rows, force=force, inputs=paths)
    packets = plan_packets(packets_path, planned, force=force, inputs=paths) if packets_path is not None else None

    import annotator.pipeline
    from annotator.cli.interrupt import Interrupt
    from annotator.cli.progress import ProgressBar

    gc.freeze()  # modules stay: to look through them for garbage took a quarter of the time that the registry takes
    with ProgressBar() as progress, Interrupt() as interrupt:
        report = annotator.annotate(*paths, progress=progress, stop=interrupt, **settings)
    if only is not None:
        report = report.narrowed(only)
    if packets:
        with packets.open() as file:
            report.copy_packets(file)
    write(report, planned)
    if interrupt.received:
        return INTERRUPTED
    return 0 if report.complete else PARTIAL
