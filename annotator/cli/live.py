"""``annotate live IFACE``: the main job on packets as they come."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from annotator.cli.options import CONTEXT, flow_options, output_options, seconds
from annotator.cli.progress import announce_preparing
from annotator.cli.read import PARTIAL
from annotator.report.sanitize import clean

if TYPE_CHECKING:
    from annotator.anonymize import Anonymizer
    from annotator.capture.interfaces import Interface
    from annotator.capture.live import LiveReader
    from annotator.settings import Settings


@click.command(context_settings=CONTEXT)
@click.argument("interface", required=False, metavar="IFACE")
@click.option("-D", "--list-interfaces", "listing", is_flag=True, help="List the interfaces, and do nothing else.")
@click.option(
    "-c",
    "--count",
    type=click.IntRange(min=1),
    metavar="N",
    help="End after N packets, those that -f leaves out included.",
)
@click.option(
    "--duration",
    "duration_s",
    type=float,
    metavar="S",
    callback=seconds,
    help="End after S seconds; 0, never, unless given.",
)
@click.option("-p", "--no-promiscuous-mode", "modest", is_flag=True, help="Leave out frames that are for others.")
@click.option(
    "-s",
    "--snapshot-length",
    "snaplen",
    type=click.IntRange(min=0),
    default=0,
    metavar="BYTES",
    help="Bytes to keep of each frame; 0, the most, unless given.",
)
@output_options
@flow_options
@click.option("--debug", is_flag=True, help="Show where an error came from.")
def live(
    interface: str | None,
    listing: bool,
    count: int | None,
    duration_s: float | None,
    modest: bool,
    snaplen: int,
    outputs: tuple[str, ...],
    format_name: str | None,
    flows: bool,
    rows: str,
    only: str | None,
    force: bool,
    debug: bool,
    **settings: Any,
) -> int:
    """Capture from an interface until Ctrl-C, a number of packets or seconds, then report as for a file.

    Exit code 130 after Ctrl-C, 4 where the interface went away; the report is written either way.
    """
    del debug  # main() looks for it
    if listing:
        _list_interfaces()
        return 0
    if interface is None:
        raise click.UsageError("name an interface; annotate live -D lists them")

    from annotator.cli.output import plan, write

    planned = plan(outputs, format_name, flows=flows, rows=rows, force=force)

    from annotator.capture.live import SNAPLEN, LiveSettings, open_live
    from annotator.pipeline import run
    from annotator.report.report import Report
    from annotator.settings import Settings

    if snaplen > SNAPLEN:
        raise click.UsageError(f"-s: {snaplen} bytes are more than any frame has; give {SNAPLEN} at the most")
    hide = _anonymizer(settings.pop("anonymize"))
    # what was not given is the pipeline's to choose
    given = Settings(**{name: value for name, value in settings.items() if value is not None})
    reader = open_live(interface, LiveSettings(count, duration_s, snaplen or SNAPLEN, promiscuous=not modest))
    reader.on_begin = partial(_say_begun, interface)
    try:
        _rehearse(given)
        with _ended_by_signals(reader) as received:
            found = run([reader], given)
        report = Report(hide.analysis(found) if hide else found)
    finally:
        reader.close()
    write(report.narrowed(only) if only else report, planned)
    if received:
        return 128 + received[0]
    return 0 if report.complete else PARTIAL


def _anonymizer(key: bytes | None) -> "Anonymizer | None":
    """Make what anonymises before anything is captured: it may have something to say."""
    if key is None:
        return None
    from annotator.anonymize import Anonymizer

    return Anonymizer(key)


def _rehearse(given: "Settings") -> None:
    """Have kernels and registry ready before the first packet: they take their time, and packets do not wait."""
    from annotator.capture.rehearsal import Rehearsal
    from annotator.pipeline import run

    announce_preparing()
    run([Rehearsal()], replace(given, bpf=None))  # the filter is for the interface's link type


def _say_begun(interface: str) -> None:
    """Tell a terminal that packets count from now on."""
    if sys.stderr.isatty():
        click.echo(f"annotate: capturing on {clean(interface)}; Ctrl-C ends and reports", err=True)


@contextmanager
def _ended_by_signals(reader: "LiveReader") -> Iterator[list[int]]:
    """Let a signal end the capture, not the program; a second one does what it always does. Gives those received."""
    received: list[int] = []
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN  # nohup keeps its promise
    }

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        received.append(number)
        reader.stop()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, end)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _list_interfaces() -> None:
    """Print one line an interface: name, state, addresses."""
    from annotator.capture.interfaces import interfaces

    rows = [(clean(one.name), _state(one), " ".join(one.addresses)) for one in interfaces()]
    name_width, state_width = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    for name, state, addresses in rows:
        click.echo(f"{name:{name_width}}  {state:{state_width}}  {addresses}".rstrip())


def _state(interface: "Interface") -> str:
    words = ["up" if interface.up else "down"]
    if interface.up and not interface.running:
        words.append("no carrier")
    if interface.loopback:
        words.append("loopback")
    return ", ".join(words)
