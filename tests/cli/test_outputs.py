"""Where reports go: every format in one run, what a terminal cannot take, full disks, and the packets of -w."""

import csv
import json
import os
import pty
import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

import annotator
from annotator.cli.progress import PREPARING
from annotator.report.formats import FORMATS
from tests.cli.test_main import ANNOTATE, run

COUNTERS: dict[str, Callable[[Path], int]] = {
    "csv": lambda path: len(pd.read_csv(path, comment="#", keep_default_na=False, na_values=[""], low_memory=False)),
    "tsv": lambda path: len(pd.read_csv(path, comment="#", sep="\t", keep_default_na=False, low_memory=False)),
    "ndjson": lambda path: len([json.loads(line) for line in path.read_text().splitlines()]),
    "ecs": lambda path: len([json.loads(line) for line in path.read_text().splitlines()]),
    "ocsf": lambda path: len([json.loads(line) for line in path.read_text().splitlines()]),
    "zeek": lambda path: len([line for line in path.read_text().splitlines() if not line.startswith("#")]),
    "parquet": lambda path: duckdb.execute("select count(*) from read_parquet(?)", [str(path)]).fetchall()[0][0],
    "xlsx": lambda path: openpyxl.load_workbook(path)["flows"].max_row - 1,
}
"""How many flows a file holds, by its own consumer."""


def said(stderr: str) -> str:
    """Give what was said on standard error, but for the notice of a first run."""
    return stderr.replace(PREPARING, "")


@pytest.fixture(scope="module")
def office(samples: Path) -> Path:
    """The main sample."""
    return samples / "office.pcapng"


def test_every_format_comes_from_one_reading(office: Path, tmp_path: Path) -> None:
    """The capture goes through a pipe, which can be read once: all files are there, with the same flows."""
    source = tmp_path / "capture.pipe"
    os.mkfifo(source)
    names = {name: f"out{made.endings[0]}" for name, made in FORMATS.items()}
    words = [word for name in names.values() for word in ("-o", tmp_path / name)]
    with subprocess.Popen([*ANNOTATE, source, *words, "--flows"], stderr=subprocess.PIPE, text=True) as process:
        source.write_bytes(office.read_bytes())
        _, text = process.communicate(timeout=120)
    assert (process.returncode, said(text)) == (0, "")
    flows = len(annotator.annotate(office).flows)
    assert {name: count(tmp_path / names[name]) for name, count in COUNTERS.items()} == dict.fromkeys(COUNTERS, flows)
    assert len(json.loads((tmp_path / names["json"]).read_text())["flows"]) == flows


@pytest.mark.parametrize("name", [name for name, made in FORMATS.items() if made.is_binary])
def test_a_terminal_takes_no_binary(office: Path, name: str) -> None:
    """It is refused with what to do instead, before any work; a pipe takes it."""
    ours, theirs = pty.openpty()
    made = subprocess.run(
        [*ANNOTATE, office, "--format", name], stdout=theirs, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(theirs)
    os.close(ours)
    assert made.returncode == 2
    assert said(made.stderr).startswith(f"annotate: {name} is no text for a terminal; give -o FILE")
    assert said(made.stderr).count("\n") == 1
    piped = subprocess.run([*ANNOTATE, office, "--format", name], capture_output=True, check=True).stdout
    assert piped[:4] in (b"PK\x03\x04", b"PAR1")


def test_rows_of_parquet(office: Path, tmp_path: Path) -> None:
    """--rows chooses the table of a binary format too; what holds flows only says so."""
    made = run(office, "--rows", "unknown", "-o", tmp_path / "u.parquet")
    assert made.returncode == 0
    ports = duckdb.execute("select port from read_parquet(?)", [str(tmp_path / "u.parquet")]).fetchall()
    assert {7214, 8077} <= {port for (port,) in ports}
    made = run(office, "--rows", "unknown", "-o", tmp_path / "conn.log")
    assert made.returncode == 2
    assert "zeek holds flows only" in made.stderr


# -- narrowed --------------------------------------------------------------------------------------------------------


def test_only_narrows_every_format_and_says_so(office: Path, tmp_path: Path) -> None:
    """Tables and documents; the totals stay the capture's."""
    words = ["-o", tmp_path / "x.csv", "-o", tmp_path / "x.json", "-o", tmp_path / "x.txt"]
    assert run(office, "--only", "unknown", *words).returncode == 0
    whole = json.loads(run(office, "--format", "json").stdout)
    report = json.loads((tmp_path / "x.json").read_text())
    lines = [line for line in (tmp_path / "x.csv").read_text().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    assert rows
    assert {row["unknown_port"] for row in rows} == {"true"}
    assert report["narrowed"]["flows"] == len(rows) == whole["totals"]["flows"] - report["narrowed"]["flows_left_out"]
    assert report["totals"] == whole["totals"]
    text = " ".join((tmp_path / "x.txt").read_text().split())
    assert f"the tables hold {len(rows)} of {whole['totals']['flows']} flows" in text


# -- packets ---------------------------------------------------------------------------------------------------------


def test_w_writes_the_packets_behind_what_is_left(office: Path, tmp_path: Path) -> None:
    """Beside the report, and read again it holds the same flows."""
    made = run(office, "--only", "unknown", "-w", tmp_path / "u.pcapng", "-o", tmp_path / "u.csv")
    assert (made.returncode, said(made.stderr)) == (0, "")
    again = annotator.annotate(tmp_path / "u.pcapng")
    ours = COUNTERS["csv"](tmp_path / "u.csv")
    assert len(again.flows) == ours
    assert again.captures[0]["packets_read"] == again.captures[0]["packets_decoded"]


def test_w_replaces_nothing_and_needs_files(office: Path, tmp_path: Path) -> None:
    """An existing file, the capture itself, an output's name, standard input and output: a line each, no work."""
    kept = tmp_path / "kept.pcapng"
    kept.write_text("mine")
    for words, code, message in (
        ([office, "-w", kept], 1, "--force"),
        ([office, "-w", office, "--force"], 1, "is the capture that is read"),
        ([office, "-w", tmp_path / "x.csv", "-o", tmp_path / "x.csv"], 2, "name the same file"),
        ([office, "-w", "-"], 2, "-w writes a file"),
        (["-", "-w", tmp_path / "x.pcapng"], 3, "standard input cannot be read twice"),
    ):
        made = run(*words, input="")
        assert made.returncode == code, made.stderr
        assert message in made.stderr
        assert said(made.stderr).count("\n") == 1
    assert kept.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["kept.pcapng"]
    assert run(office, "-w", kept, "--force").returncode == 0
    assert kept.read_bytes()[:4] == b"\n\r\r\n"


# -- failures --------------------------------------------------------------------------------------------------------


def _small_files() -> None:
    """Let the process write no file beyond 8 kB: what a full disk does, without a disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.xlsx", "out.html", "-w"])
def test_a_full_disk_leaves_nothing(office: Path, tmp_path: Path, name: str) -> None:
    """In the middle of a file of any kind: exit 1, one line, and neither half a file nor a temporary one."""
    words = ["-w", tmp_path / "u.pcapng"] if name == "-w" else ["-o", tmp_path / name]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    made = run(office, *words, preexec_fn=_small_files, env=os.environ | {"TMPDIR": str(scratch)})
    assert made.returncode == 1
    assert "cannot be written" in made.stderr
    assert said(made.stderr).count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["scratch"]
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("name", ["text", "csv", "parquet", "xlsx"])
def test_a_full_device_is_one_line(office: Path, name: str) -> None:
    """Standard output and a device that takes nothing: exit 1 and one line."""
    with Path("/dev/full").open("wb") as full:
        words = [*ANNOTATE, office, "--format", name]
        made = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (made.returncode, said(made.stderr).count("\n")) == (1, 1)
    assert "No space left" in made.stderr
    assert "Traceback" not in made.stderr


@pytest.mark.parametrize("name", ["text", "json", "zeek", "parquet", "xlsx", "html"])
def test_a_reader_that_goes_away_is_a_quiet_end(office: Path, name: str) -> None:
    """`| head -c 1`, for each way in which formats are made."""
    words = [*ANNOTATE, office, "--format", name, "--flows"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=False) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        text = process.stderr.read().decode()
    assert (process.returncode, said(text)) == (0, "")


def test_one_bad_output_does_not_spoil_the_others(office: Path, tmp_path: Path) -> None:
    """A full device among the outputs fails the run; the file written before it is whole."""
    made = run(office, "-o", tmp_path / "a.csv", "-o", "/dev/full", "--format", "csv")
    assert made.returncode == 1
    assert COUNTERS["csv"](tmp_path / "a.csv") == len(annotator.annotate(office).flows)
    assert said(made.stderr).startswith("annotate: /dev/full: cannot be written")
