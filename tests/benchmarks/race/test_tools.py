"""Tests of how the tools are asked."""

from pathlib import Path

import pytest

from benchmarks.race.measure import run
from benchmarks.race.tools import collector, tools, version
from tests.benchmarks.conftest import Made

NAMES = [tool.name for tool in tools(0)]


@pytest.mark.parametrize("name", NAMES)
def test_every_tool_that_is_here_finds_the_flows(name: str, made: Made, tmp_path: Path) -> None:
    """Each does real work, as its own count of flows shows."""
    with collector() as sink:
        tool = next(tool for tool in tools(sink.getsockname()[1]) if tool.name == name)
        path = tool.path()
        if path is None:
            pytest.skip(f"{name} is not installed")
        measured = run([path, *tool.arguments(made.path, tmp_path)], tmp_path, 300)
    words = (tmp_path / "stderr").read_text(errors="replace")
    assert measured.exit_code == 0, words
    found = tool.flows(tmp_path)
    assert found is not None
    # one-way flows are nearly twice as many, TCP and UDP alone a little fewer
    assert 0.9 * made.truth["flows"] < found < 2.3 * made.truth["flows"]
    if tool.version:
        assert version(tool)[0].isdigit()
