"""``annotate lookup``: the registry, asked directly."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from annotator.errors import AnnotatorError, UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from annotator.registry.lookup import Answer
    from annotator.registry.registry import Registry
    from annotator.registry.site import Site, SiteEntry


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("what", nargs=-1, metavar="[PORT | FIRST-LAST | NAME][/TRANSPORT]...")
@click.option(
    "--search", "wanted", metavar="TEXT", help="Look for TEXT in names, ports, descriptions, references, notes."
)
@click.option("--format", "format_name", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option(
    "--registry", "registry_file", metavar="FILE", help="Ask this file of IANA's instead of the registry in use."
)
@click.option(
    "--site",
    "sites",
    multiple=True,
    metavar="FILE",
    help="Site names to show beside; de-facto is the shipped list of well-known uses.",
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day as of which site names hold; today unless given.",
)
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
def lookup(
    what: tuple[str, ...],
    wanted: str | None,
    format_name: str,
    registry_file: str | None,
    sites: tuple[str, ...],
    on: datetime | None,
) -> None:
    """Say what IANA's registry says of ports, ranges of them, and service names.

    A number without a transport is asked about on tcp, udp, sctp and dccp: annotate lookup 8080 443/tcp ssh
    7203-7214/udp
    """
    if bool(what) == (wanted is not None):
        raise UsageError("give ports or names to look up, or --search TEXT")
    from annotator.registry.loading import load
    from annotator.registry.lookup import lookup as ask
    from annotator.registry.lookup import parse_query, search
    from annotator.registry.site import load_sites

    queries = [parse_query(text) for text in what]
    registry = load(registry_file)
    site = load_sites(sites)
    answers: list[Answer] = []
    problem: AnnotatorError | None = None
    if wanted is not None:
        answers = search(registry, wanted)
    for query in queries:
        try:
            answers += ask(registry, query)
        except AnnotatorError as error:
            problem = problem or error  # answer what can be answered, then fail
    day = on.date() if on else date.today()
    if answers or not problem:
        _show(registry, answers, site, day, format_name, wanted)
    if problem:
        raise problem


def _show(
    registry: "Registry", answers: "list[Answer]", site: "Site", day: date, format_name: str, wanted: str | None
) -> None:
    from annotator.cli import terminal

    if format_name == "json":
        from annotator.registry.as_dict import answer_dict

        terminal.print_json([answer_dict(answer, registry, _site_of(answer, site), day) for answer in answers])
        return
    terminal.print_lines(_lines(registry, answers, site, day, wanted, terminal.width()))


def _lines(
    registry: "Registry", answers: "list[Answer]", site: "Site", day: date, wanted: str | None, width: int
) -> "Iterator[Text]":
    from annotator.registry.lookup_text import answer_lines, closing_lines, found_lines

    if wanted is not None:
        yield from found_lines(registry, answers, wanted, width)
    else:
        for answer in answers:
            yield from answer_lines(answer, registry.annex, _site_of(answer, site), day, width)
    yield from closing_lines(registry, width)


def _site_of(answer: "Answer", site: "Site") -> "list[SiteEntry]":
    if answer.ports is None:
        return []
    return site.overlapping(answer.transport, *answer.ports)
