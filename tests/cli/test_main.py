"""The command line as a whole: exit codes, one-line errors, and a start that is not felt."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import annotator
from annotator import cli
from annotator.cli.registry import registry
from annotator.errors import AnnotatorError

ANNOTATE = [sys.executable, "-m", "annotator"]


def run(*words: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run([*ANNOTATE, *map(str, words)], capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def imported(*words: str) -> set[str]:
    """Name the modules that are loaded once a command line has been run."""
    code = f"import sys; from annotator.cli import main; main({list(words)!r}); print(*sys.modules, file=sys.stderr)"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(made.stderr.splitlines()[-1].split())


def test_version_and_help_are_answered() -> None:
    """Both exit 0; the help names the formats, the commands, and what CAPTURE is."""
    version = run("--version")
    assert (version.returncode, version.stdout) == (0, f"annotate {annotator.__version__}\n")
    text = run("--help")
    assert text.returncode == 0
    for word in ("CAPTURE", "--local", "csv", "ndjson", *cli.COMMANDS):
        assert word in text.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["--version"],
        ["--help"],
        ["no-such-file.pcap", "-o", "x.zip"],
        *([name, "--help"] for name in cli.COMMANDS),
        *(["registry", name, "--help"] for name in registry.commands),
    ],
    ids=" ".join,
)
def test_what_needs_no_numbers_loads_none(words: list[str]) -> None:
    """Start-up is felt on every call: NumPy, Numba, pandas and Rich are not loaded for a word of help or a refusal."""
    heavy = {"numpy", "numba", "pandas", "pyarrow", "rich", "scapy", "pyshark"}
    assert not heavy & imported(*words)


@pytest.mark.parametrize("words", [["lookup", "443/tcp"], ["registry", "info"]])
def test_the_registry_is_asked_without_kernels(words: list[str]) -> None:
    """A lookup loads nothing that only captures need."""
    assert not {"numpy", "numba", "pandas", "pyarrow", "scapy"} & imported(*words)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_is_there(name: str) -> None:
    """Each has a help of its own, and the main help names it."""
    made = run(name, "--help")
    assert made.returncode == 0
    assert made.stdout.startswith(f"Usage: annotate {name}")
    assert f"  {name} " in run("--help").stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "name a capture to read"),
        (["--no-such-option"], 2, "--no-such-option"),
        (["x.pcap", "--format", "xml"], 2, "xml"),
        (["x.pcap", "--idle-timeout", "-1"], 2, "--idle-timeout"),
        (["x.pcap", "--idle-timeout", "nan"], 2, "--idle-timeout"),
        (["x.pcap", "-o", "x.zip"], 2, "ending names no format"),
        (["x.pcap", "--rows", "services"], 2, "--rows is for tables"),
        (["x.pcap", "--format", "csv", "--flows", "--rows", "unknown"], 2, "different rows"),
        (["x.pcap", "-o", "a.csv", "-o", "./a.csv"], 2, "given twice"),
        (["-", "-"], 2, "standard input can be read once"),
        (["no-such-file.pcap"], 3, "no-such-file.pcap: no such file"),
        (["no-such-file.pcap\x1b[31m\nx"], 3, "\\x1b[31m"),
    ],
)
def test_errors_are_one_line(tmp_path: Path, words: list[str], code: int, message: str) -> None:
    """What, where, what to do, in one printable line on standard error; nothing on standard output."""
    made = run(*words, cwd=tmp_path)
    assert made.returncode == code
    assert made.stdout == ""
    assert made.stderr.startswith("annotate: ")
    assert message in made.stderr
    assert made.stderr.count("\n") == 1
    assert made.stderr[:-1].isprintable()


def test_debug_shows_where_an_error_came_from() -> None:
    """A traceback is shown only when it is asked for."""
    assert "Traceback" not in run("no-such-file.pcap").stderr
    assert "Traceback" in run("no-such-file.pcap", "--debug").stderr


def test_faults_of_our_own_are_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unforeseen exception is called what it is, and says how to see more."""

    def fail(name: str) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(cli, "_command", fail)
    assert cli.main(["x.pcap"]) == 1
    assert "fault of annotator: --debug" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        cli.main(["x.pcap", "--debug"])


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (MemoryError, 1), (AnnotatorError, 1)])
def test_exit_codes_of_what_stops_a_run(monkeypatch: pytest.MonkeyPatch, error: type[BaseException], code: int) -> None:
    """Each way to stop has its exit code."""

    def stop(name: str) -> None:
        raise error

    monkeypatch.setattr(cli, "_command", stop)
    assert cli.main(["x.pcap"]) == code


def test_a_file_named_like_a_command_is_reached_with_r_or_a_path(samples: Path, tmp_path: Path) -> None:
    """`lookup` is the command, `./lookup` and `-r lookup` the file."""
    (tmp_path / "lookup").write_bytes((samples / "office.pcapng").read_bytes())
    for words in (["./lookup"], ["-r", "lookup"]):
        made = run(*words, cwd=tmp_path)
        assert made.returncode == 0
        assert "UNKNOWN PORTS" in made.stdout


def test_a_closed_pipe_is_a_quiet_end(samples: Path) -> None:
    """`| head` ends the run without a word."""
    for words in (["--format", "ndjson"], []):
        with subprocess.Popen(
            [*ANNOTATE, samples / "office.pcapng", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read().decode().replace("\n", "") in ("", _preparing())
        assert process.returncode == 0


def _preparing() -> str:
    from annotator.cli.progress import PREPARING

    return PREPARING.strip()


def test_a_full_standard_output_is_an_error(samples: Path) -> None:
    """No space left on standard output fails with a line, not a traceback."""
    with Path("/dev/full").open("w") as full:
        made = subprocess.run(
            [*ANNOTATE, samples / "office.pcapng"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert made.returncode == 1
    assert "No space left" in made.stderr
    assert "Traceback" not in made.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_no_half_file(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Interrupted or terminated in the middle, no file and no temporary file is left."""
    source = tmp_path / "source"
    os.mkfifo(source)
    output = tmp_path / "out"
    output.mkdir()
    with (
        subprocess.Popen([*ANNOTATE, source, "-o", output / "x.csv"], stderr=subprocess.PIPE) as process,
        source.open("wb") as pipe,  # opens once the command reads
    ):
        pipe.write(b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00")
        pipe.flush()
        time.sleep(0.3)
        process.send_signal(number)
        assert process.wait(20) == code
    assert list(output.iterdir()) == []
