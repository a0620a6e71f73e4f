"""The main job, from the command line and from the library, on the project's own captures."""

import csv
import io
import json
import os
import pty
import re
import struct
import subprocess
from pathlib import Path

import pandas as pd
import pytest

import annotator
from annotator.registry import NOTICE
from tests.cli.test_main import ANNOTATE, run


@pytest.fixture(scope="module")
def office(samples: Path) -> Path:
    """The main sample."""
    return samples / "office.pcapng"


def truth(samples: Path, capture: str) -> list[dict[str, str]]:
    with (samples / "truth.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["capture"] == capture]


def test_the_report_names_what_ran(samples: Path, office: Path) -> None:
    """Every endpoint that the recording had is in the flow rows, with the outcome that it had."""
    frame = annotator.annotate(office).flows
    for row in truth(samples, office.name):
        part = frame[
            (frame.responder_addr == row["responder_addr"])
            & (frame.transport == row["transport"])
            & (frame.responder_port == int(row["responder_port"] or -1))
        ]
        if not row["responder_port"]:
            continue
        assert row["outcome"] in set(part.outcome), row
        if row["flows"]:
            assert len(part) == int(row["flows"]), row


def test_terminal_report_of_the_sample(office: Path) -> None:
    """The servers on foreign ports stand first, numbers always with their transport, the notice at the end."""
    text = run(office).stdout
    for words in ("7214/tcp", "user, unassigned (7203-7214)", "8077/tcp", "de-assigned 2024-01-05", "443/tcp (https)"):
        assert words in text
    assert text.index("7214/tcp") < text.index("SERVICES")
    assert " ".join(NOTICE.split()) in " ".join(text.split())


def test_json_and_library_agree(office: Path) -> None:
    """The command is a thin face on the library."""
    made = json.loads(run(office.name, "--format", "json", cwd=office.parent).stdout)
    report = annotator.annotate(os.path.relpath(office))
    mine = report.to_dict()
    mine["captures"][0]["name"] = office.name
    for issue in mine["issues"]:
        issue["capture"] = office.name
    assert made == mine


def test_options_reach_the_pipeline_and_the_report(office: Path) -> None:
    """Settings change the result and are printed in it."""
    words = ["--idle-timeout", "0.5", "--active-timeout", "30", "--ignore-vlan", "--local", "203.0.113.0/24,10.0.4.22"]
    split = json.loads(run(office, "--format", "json", *words, "--local", "2001:db8::/32").stdout)
    plain = json.loads(run(office, "--format", "json").stdout)
    assert split["options"]["idle_timeout"] == 0.5
    assert split["options"]["active_timeout"] == 30
    assert split["options"]["ignore_vlan"] is True
    assert split["options"]["local"] == ["203.0.113.0/24", "10.0.4.22", "2001:db8::/32"]
    assert split["totals"]["flows"] > plain["totals"]["flows"]
    assert split["totals"]["packets"] == plain["totals"]["packets"]
    assert split["totals"]["by_scope"] != plain["totals"]["by_scope"]


def test_one_run_writes_several_files(office: Path, tmp_path: Path) -> None:
    """Formats go by the endings; standard output stays empty."""
    names = ["flows.csv", "flows.ndjson", "report.json", "report.md", "report.txt", "rows.tsv"]
    made = run(office, *(word for name in names for word in ("-o", name)), cwd=tmp_path)
    assert (made.returncode, made.stdout) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    frame = pd.read_csv(tmp_path / "flows.csv", comment="#", keep_default_na=False, na_values=[""], dtype={"vlan": str})
    assert len(frame) == len((tmp_path / "flows.ndjson").read_text().splitlines())
    assert len(frame) == json.loads((tmp_path / "report.json").read_text())["totals"]["flows"]


def test_rows_choose_the_table(office: Path, tmp_path: Path) -> None:
    """A table format can hold the report's other tables."""
    assert run(office, "--rows", "unknown", "-o", tmp_path / "u.csv").returncode == 0
    rows = (line for line in (tmp_path / "u.csv").read_text().splitlines() if not line.startswith("#"))
    assert {row["responder_port" if "responder_port" in row else "port"] for row in csv.DictReader(rows)} >= {
        "7214",
        "8077",
    }


def test_nothing_is_written_over(office: Path, tmp_path: Path) -> None:
    """An existing file stops the run before the work, --force replaces it, and a capture is never replaced."""
    path = tmp_path / "flows.csv"
    path.write_text("mine")
    made = run(office, "-o", path)
    assert made.returncode == 1
    assert "--force" in made.stderr
    assert path.read_text() == "mine"
    assert run(office, "-o", path, "--force").returncode == 0
    assert path.read_text() != "mine"
    capture = tmp_path / "copy.pcapng"
    capture.write_bytes(office.read_bytes())
    made = run(capture, "-o", capture, "--format", "csv", "--force")
    assert made.returncode == 1
    assert capture.read_bytes() == office.read_bytes()


def test_standard_input_is_a_capture(office: Path) -> None:
    """`-` reads the same as the file."""
    piped = subprocess.run(
        [*ANNOTATE, "-", "--format", "csv"], input=office.read_bytes(), capture_output=True, check=True
    ).stdout.decode()
    named = run(office, "--format", "csv").stdout
    body = [[line for line in text.splitlines() if not line.startswith("#")] for text in (piped, named)]
    assert body[0] == body[1]


def test_a_capture_cut_short_is_reported_and_exits_4(office: Path, tmp_path: Path) -> None:
    """The good part is reported, the report says that it is a part, and so does the exit code."""
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(office.read_bytes()[:-40])
    made = run(cut, "--format", "json")
    assert made.returncode == 4
    report = json.loads(made.stdout)
    assert report["captures"][0]["complete"] is False
    assert report["captures"][0]["packets_read"] > 100
    assert "was not read to its end" in report["quality"][0]


@pytest.mark.parametrize("content", [b"", b"just some text\n" * 20, b"\xd4\xc3\xb2\xa1", bytes(range(256))])
def test_what_is_no_capture_exits_3(tmp_path: Path, content: bytes) -> None:
    """Empty, text, a torn header, noise: one line that says what it is."""
    path = tmp_path / "x.pcap"
    path.write_bytes(content)
    made = run(path)
    assert made.returncode == 3
    assert made.stderr.count("\n") == 1
    assert str(path) in made.stderr


def test_packets_that_hold_no_ip_are_normal(tmp_path: Path) -> None:
    """A capture of ARP and STP exits 0 and accounts for every packet."""
    arp = bytes.fromhex("ffffffffffff020000000001080600010800060400010200000000010a0000010000000000000a000002")
    stp = bytes.fromhex("0180c2000000020000000001002642420300000000008000") + bytes(30)
    records = b"".join(struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame for frame in (arp, stp))
    path = tmp_path / "quiet.pcap"
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + records)
    made = run(path)
    assert made.returncode == 0
    assert "read 2 = 0 decoded + 2 stopped (2 not IP)" in made.stdout


def test_same_bytes_everywhere(office: Path) -> None:
    """Neither the time zone nor the locale shows in the output, nor does the second run."""
    for name in ("text", "json", "csv"):
        made = {
            subprocess.run(
                [*ANNOTATE, office, "--format", name],
                env=os.environ | {"TZ": zone, "LC_ALL": locale, "PYTHONIOENCODING": encoding, "PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
            ).stdout
            for zone, locale, encoding, seed in (
                ("UTC", "C", "ascii", "1"),
                ("Pacific/Kiritimati", "tr_TR.ISO-8859-9", "latin-1", "2"),
            )
        }
        assert len(made) == 1, name


def on_terminal(words: list[str], **environment: str) -> str:
    """Run the command with a terminal as its standard output, and give what it shows."""
    ours, theirs = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    with subprocess.Popen(words, stdout=theirs, stderr=subprocess.DEVNULL, env=env | {"TERM": "xterm"} | environment):
        os.close(theirs)
        shown = io.BytesIO()
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
            if not data:
                break
            shown.write(data)
    os.close(ours)
    return shown.getvalue().decode()


def test_a_terminal_gets_colour_and_its_width(office: Path) -> None:
    """On a terminal there is colour unless NO_COLOR says no, and lines have its width."""
    coloured = on_terminal([*ANNOTATE, str(office)], COLUMNS="60")
    assert "\x1b[" in coloured
    plain = on_terminal([*ANNOTATE, str(office)], COLUMNS="60", NO_COLOR="1")
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 60
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines() == plain.splitlines()


def test_a_pipe_gets_plain_text(office: Path) -> None:
    """Piped output has no control characters, whatever the terminal's name, and 100 columns."""
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    made = run(office, env=environment | {"TERM": "xterm-256color", "FORCE_COLOR": "1"})
    assert all(character.isprintable() or character == "\n" for character in made.stdout)
    assert max(map(len, made.stdout.splitlines())) <= 100


@pytest.mark.slow
def test_the_first_run_says_that_it_prepares_kernels(office: Path, tmp_path: Path) -> None:
    """With an empty cache one line on standard error says why it takes a while; the next run says nothing."""
    environment = os.environ | {"ANNOTATOR_CACHE_DIR": str(tmp_path)}
    first = run(office, env=environment)
    assert first.returncode == 0
    assert first.stderr.startswith("annotate: preparing kernels")
    assert first.stderr.count("\n") == 1
    assert run(office, env=environment).stderr == ""
    assert (
        run("no-such-file.pcap", env=os.environ | {"ANNOTATOR_CACHE_DIR": str(tmp_path / "other")}).stderr.count("\n")
        == 1
    )
