"""``annotate explain``: everything that is known of one flow."""

from typing import Any

import click

from annotator.cli.options import CONTEXT, flow_options


@click.command(context_settings=CONTEXT)
@click.argument("capture")
@click.argument("flow")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--deep", is_flag=True, help="Add the layers that tshark sees, ports made neutral.")
@flow_options
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
def explain(capture: str, flow: str, format_name: str, deep: bool, **given: Any) -> None:
    """Say everything that is known of one FLOW of CAPTURE, with the first payloads of each direction.

    FLOW is a Community ID (1:...), or both ends in either order: 10.0.0.1:1234-10.0.0.2:80/tcp.
    """
    from annotator.errors import InputError

    if capture == "-":
        raise InputError("-: standard input cannot be read twice; save it to a file first")
    if given.pop("bpf"):
        raise click.UsageError("explain takes no filter: FLOW says which packets count")

    from annotator import explain as facts
    from annotator.cli.terminal import print_json, print_text
    from annotator.pipeline import analyse
    from annotator.settings import Settings

    settings = {name: value for name, value in given.items() if value is not None}
    records = facts.explain([capture], analyse([capture], Settings(**settings)), flow, deep=deep)
    if format_name == "json":
        print_json(records)
    else:
        print_text(f"{line.rstrip()}\n" for line in facts.explain_lines(records))
