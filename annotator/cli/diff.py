"""``annotate diff``: two captures, or reports, compared."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from annotator.cli.options import CONTEXT, flow_options
from annotator.cli.read import PARTIAL
from annotator.errors import OutputError

if TYPE_CHECKING:
    from annotator.difference import Side

FORMS: Final = {"table": ".txt", "json": ".json", "md": ".md"}
"""Each form, and the ending that names it."""
MODULES: Final = {"table": "as_text", "json": "as_json", "md": "as_md"}


@click.command(context_settings=CONTEXT)
@click.argument("before")
@click.argument("after")
@click.option("-o", "--output", "outputs", multiple=True, metavar="FILE", help="Write there; .txt, .json or .md.")
@click.option("--format", "form", type=click.Choice(list(FORMS)), help="The form, whatever the ending.")
@click.option(
    "--volume-factor",
    "factor",
    type=click.FloatRange(min=0),
    default=2.0,
    show_default=True,
    metavar="N",
    help="So many times the bytes, or so many times fewer, are a change; 0: volumes are not compared.",
)
@click.option("--force", is_flag=True, help="Replace output files that exist.")
@flow_options
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
def diff(
    before: str, after: str, outputs: tuple[str, ...], form: str | None, factor: float, force: bool, **given: Any
) -> int:
    """Say which services and endpoints were added, are gone, or have changed from BEFORE to AFTER.

    Each is a capture, or a report that was made with -o x.json. What was merely tried in vain is no service.
    """
    from importlib import import_module

    from annotator.cli.terminal import print_bytes
    from annotator.difference import compare
    from annotator.report.files import Target

    if before == after == "-":
        raise click.UsageError("standard input can be read once only")
    planned = []
    for path in outputs:
        target = Target(path, force)
        if any(source != "-" and target.same_as(source) for source in (before, after)):
            raise OutputError(f"{path}: is a file that is read; choose another name")
        planned.append((target, _form_of(path, form)))
    found = compare(_side(before, given), _side(after, given), factor)
    for target, chosen in planned:
        with target.open() as file:
            for piece in import_module(f"annotator.difference.{MODULES[chosen]}").encode(found):
                file.write(piece)
    if not planned:
        for piece in import_module(f"annotator.difference.{MODULES[form or 'table']}").encode(found):
            print_bytes(piece)
    return 0 if all(side.complete or side.kind == "report" for side in (found.before, found.after)) else PARTIAL


def _form_of(path: str, form: str | None) -> str:
    if form is not None:
        return form
    for name, ending in FORMS.items():
        if Path(path).suffix.lower() == ending:
            return name
    raise click.UsageError(f"{path}: its ending names no form; end it in {' '.join(FORMS.values())}, or give --format")


def _side(name: str, given: dict[str, Any]) -> "Side":
    from annotator.difference.side import looks_like_json, side_of_json, side_of_report

    if name != "-" and looks_like_json(name):
        return side_of_json(name)

    from annotator import annotate
    from annotator.cli.progress import ProgressBar

    with ProgressBar() as progress:
        return side_of_report(annotate(name, progress=progress, **given), name)
