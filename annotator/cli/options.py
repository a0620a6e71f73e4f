"""The options that the commands which make a report share."""

import math
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from annotator.report.formats import FORMATS, ONLY, ROWS, RULES

Command = TypeVar("Command", bound=Callable[..., Any])

CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""Settings of every command."""


def seconds(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
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


def _rules(context: click.Context, option: click.Parameter, value: str | None) -> None:
    """Keep the dialect for `_format`, which is asked later."""
    del option
    context.meta["rules"] = value


def _format(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Let --rules name the format."""
    rules: str | None = context.meta.get("rules")
    if value and rules:
        raise click.BadParameter(f"--rules {rules} is a format itself; give one of them", param=option)
    return rules or value


def _anonymize(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    """Keep the wish for `_key`, which is asked later."""
    del option
    context.meta["anonymize"] = wanted


def _key(context: click.Context, option: click.Parameter, path: str | None) -> bytes | None:
    """Give the key to anonymise with, None where that is not asked for."""
    del option
    if context.resilient_parsing or not (path or context.meta.get("anonymize")):
        return None
    from annotator.anonymize import given_key

    return given_key(path)


def _databases(context: click.Context, option: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    """See before any long work that the databases can be read."""
    del option
    if paths and not context.resilient_parsing:
        from annotator.places import check_databases

        check_databases(paths)
    return paths


OUTPUT_OPTIONS: Final = (
    click.option(
        "--rules",
        type=click.Choice(RULES),
        callback=_rules,
        is_eager=True,
        expose_value=False,
        help="Rule candidates for the services in use, all commented out.",
    ),
    click.option(
        "-o", "--output", "outputs", multiple=True, metavar="FILE", help="Write there; the ending tells the format."
    ),
    click.option(
        "--format",
        "format_name",
        type=click.Choice(list(FORMATS)),
        callback=_format,
        help="The format, whatever the ending.",
    ),
    click.option("--flows", is_flag=True, help="Add the flow rows to a document."),
    click.option("--rows", type=click.Choice(ROWS), default="flows", show_default=True, help="The rows of a table."),
    click.option("--only", type=click.Choice(ONLY), help="Narrow the report to flows of this kind, in any format."),
    click.option(
        "--anonymize",
        "anonymizing",
        is_flag=True,
        callback=_anonymize,
        is_eager=True,
        expose_value=False,
        help="Replace addresses, names and labels; prefixes, ports, times and volumes stay.",
    ),
    click.option(
        "--anonymize-key",
        "anonymize",
        metavar="FILE",
        callback=_key,
        help="The same by the key in FILE, else in $ANNOTATE_ANONYMIZE_KEY: a key gives the same names each time.",
    ),
    click.option(
        "--resolve",
        is_flag=True,
        help="Name addresses, by DNS answers, SNI and Host in the capture itself; the network is never asked.",
    ),
    click.option(
        "--mmdb",
        multiple=True,
        metavar="FILE",
        callback=_databases,
        help="Say where remote addresses are, by a MaxMind database of yours (country, ASN).",
    ),
    click.option("--force", is_flag=True, help="Replace output files that exist."),
)
FLOW_OPTIONS: Final = (
    click.option(
        "-f",
        "--filter",
        "bpf",
        metavar="BPF",
        help="Only packets that this filter of tcpdump's language lets pass, as 'tcp port https and not net 10'.",
    ),
    click.option(
        "--local",
        multiple=True,
        metavar="NETS",
        callback=_networks,
        help="Networks that count as local, as 10.0.0.0/8,2001:db8::/32; the private ranges unless given.",
    ),
    click.option(
        "--idle-timeout",
        "idle_timeout_s",
        type=float,
        metavar="S",
        callback=seconds,
        help="Seconds of silence that split a flow, 0 never; 300 for TCP and 60 for all else unless given.",
    ),
    click.option(
        "--active-timeout",
        "active_timeout_s",
        type=float,
        default=0,
        metavar="S",
        callback=seconds,
        help="Seconds after which a flow is split; 0, never, unless given.",
    ),
    click.option(
        "--max-flows",
        type=click.IntRange(0),
        default=2_000_000,
        show_default=True,
        metavar="N",
        help="Flows that are kept at the most, 0 without bound.",
    ),
    click.option("--ignore-vlan", is_flag=True, help="Join flows that differ by VLAN only (mirror ports)."),
    click.option("--registry", metavar="FILE", help="Consult this file of IANA's instead of the embedded registry."),
    click.option(
        "--site",
        metavar="FILE",
        multiple=True,
        help="Show names of your own beside the registry's; `de-facto` is the shipped list of well-known uses.",
    ),
)


def output_options(command: Command) -> Command:
    """Add the options that say where the report goes and in which form (:func:`annotator.cli.output.plan`)."""
    for option in reversed(OUTPUT_OPTIONS):
        command = option(command)
    return command


def flow_options(command: Command) -> Command:
    """Add the options that say how flows are made and judged, by the names of ``settings.Settings``."""
    for option in reversed(FLOW_OPTIONS):
        command = option(command)
    return command
