"""The options that reports share: the same in every command, and checked before any work."""

import click
import pytest
from click.testing import CliRunner

from annotator.cli.live import live
from annotator.cli.options import flow_options, output_options
from annotator.cli.read import read
from annotator.settings import Settings


@click.command()
@output_options
@flow_options
def shared(**values: object) -> None:
    """Show what was given."""
    click.echo(repr(values))


def test_the_commands_that_report_have_all_of_them() -> None:
    """What works for a file works for an interface."""
    names = {parameter.name for parameter in shared.params}
    for command in (read, live):
        assert names <= {parameter.name for parameter in command.params}


OF_FILES = {"deep", "deep_flows", "deep_packets", "resync", "resolve", "mmdb"}
"""Settings that need a file to go back to, or on in: options of the main job alone."""


def test_the_options_on_flows_are_the_pipelines_settings() -> None:
    """Each setting has an option of its name, and no option is without effect."""
    made = [parameter.name for parameter in flow_options(click.Command("none", callback=print)).params]
    assert sorted(filter(None, made)) == sorted(set(Settings.__dataclass_fields__) - OF_FILES)


def test_networks_are_split_at_commas() -> None:
    """Lists and repetitions mean the same; none at all is left to the pipeline."""
    runner = CliRunner()
    assert (
        "('10.0.0.0/8', 'fd00::/8', '::1')"
        in runner.invoke(shared, ["--local", "10.0.0.0/8, fd00::/8,", "--local", "::1"]).output
    )
    assert "'local': None" in runner.invoke(shared, []).output


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "1e10", "soon"])
def test_times_that_are_none_are_refused(value: str) -> None:
    """Nanoseconds must be able to count them."""
    done = CliRunner().invoke(shared, ["--idle-timeout", value])
    assert done.exit_code == 2
