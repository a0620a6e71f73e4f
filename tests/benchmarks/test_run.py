"""Tests of the race's command."""

import json
from pathlib import Path

import pytest

from benchmarks import generate, run
from benchmarks.race import tools


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A capture of 2,000 packets."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.pcap"
    generate.main(["-o", str(path), "--packets", "2000", "--flows", "100"])
    return path


def test_tools_are_timed_and_absent_ones_named(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The table, the JSON and the Markdown say the same."""
    monkeypatch.setattr(tools, "NFSTREAM_PYTHON", tmp_path / "no such python")
    figures, table = tmp_path / "race.json", tmp_path / "race.md"
    options = [
        "--repeat",
        "2",
        "--only",
        "tshark",
        "--only",
        "nfstream",
        "--json",
        str(figures),
        "--markdown",
        str(table),
    ]
    run.main([str(tiny), *options])
    shown = capsys.readouterr().out
    assert "2,000 packets" in shown
    assert "page cache warm" in shown
    assert "nfstream           absent: not installed here" in shown
    result = json.loads(figures.read_text())
    tshark, nfstream = result["tools"]
    assert [each["exit_code"] for each in tshark["runs"]] == [0, 0]
    assert tshark["flows"] > 50
    assert nfstream["runs"] == []
    assert tshark["command"].startswith("tshark -n -q -r tiny.pcap")
    assert str(tiny.parent) not in figures.read_text(), "where things are on this machine is nobody's business"
    assert str(Path(run.__file__).parent) not in figures.read_text()
    assert "| tshark |" in table.read_text()


def test_a_tool_that_fails_is_named_with_its_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A failure is no figure."""
    text = tmp_path / "text.pcap"
    text.write_bytes(b"no capture\n")
    run.main([str(text), "--packets", "1", "--repeat", "1", "--only", "tshark"])
    assert "failed with exit code" in capsys.readouterr().out


def test_an_unknown_tool_is_refused(tiny: Path) -> None:
    """A misspelt name is no empty race."""
    with pytest.raises(SystemExit, match="no such tool: tshrak"):
        run.main([str(tiny), "--only", "tshrak"])


@pytest.mark.parametrize(("options", "first"), [((), "--quiet --prepare"), (("--as-installed",), "--quiet tiny.pcap")])
def test_another_annotate_can_run_beside_ours(
    options: tuple[str, ...], first: str, tiny: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What a change cost is seen in one race; before it, either is prepared, or run once without being measured."""
    script, log = tmp_path / "older annotate", tmp_path / "log"
    script.write_text(f"#!/bin/sh\necho \"$@\" >> '{log}'\necho 'annotate 0.0.9, 77 flows'\n")
    script.chmod(0o755)
    race = [str(tiny), "--repeat", "1", "--only", "annotate (before)", "--before", f"'{script}' --quiet"]
    run.main([*race, *options])
    assert "annotate (before)  0.0.9" in capsys.readouterr().out
    called = [words.replace(str(tiny), tiny.name) for words in log.read_text().splitlines()]
    assert called == ["--quiet --version", first, "--quiet tiny.pcap"]
