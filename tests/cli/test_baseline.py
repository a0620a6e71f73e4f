"""`annotate baseline` and `annotate check`, as cron and CI call them."""

import json
from pathlib import Path

import pytest

from tests.cli.test_main import run


@pytest.fixture(scope="module")
def office(samples: Path) -> Path:
    """The main sample."""
    return samples / "office.pcapng"


@pytest.fixture(scope="module")
def learned(office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its baseline."""
    path = tmp_path_factory.mktemp("baseline") / "baseline.toml"
    made = run("baseline", office, "-o", path)
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    return path


def test_the_same_capture_keeps_its_baseline(office: Path, learned: Path) -> None:
    """Exit code 0 and one line, or none; standard output is the file that -o writes."""
    made = run("check", office, "--baseline", learned)
    assert (made.returncode, made.stdout.count("\n")) == (0, 1)
    assert made.stdout.startswith("baseline kept: ")
    assert run("check", office, "--baseline", learned, "-q").stdout == ""
    assert run("baseline", office).stdout == learned.read_text()


def test_what_changed_exits_5(office: Path, learned: Path, tmp_path: Path) -> None:
    """One block taken out is a new service; the files say so, the line on standard output too, quiet or not."""
    blocks = learned.read_text().split("\n\n")
    fewer = tmp_path / "fewer.toml"
    fewer.write_text("\n\n".join(block for block in blocks if "port = 8077" not in block))
    files = [tmp_path / f"check.{ending}" for ending in ("xml", "sarif", "json", "txt")]
    made = run("check", office, "--baseline", fewer, "-q", *(word for file in files for word in ("-o", file)))
    assert made.returncode == 5
    assert made.stdout.count("\n") == 1
    assert made.stdout.startswith("baseline violated: 1 new; 19 of 19 expected services")
    for file in files:
        assert "10.0.4.9" in file.read_text()
    assert [one["port"] for one in json.loads(files[2].read_text())["deviations"]] == [8077]
    made = run("check", office, "--baseline", fewer, "--format", "json")
    assert (made.returncode, json.loads(made.stdout)["violated"]) == (5, True)


def test_a_short_capture_misses_services(office: Path, learned: Path) -> None:
    """What is gone violates, unless that is allowed."""
    words = ("check", office, "--baseline", learned, "-f", "not port 8077")
    assert run(*words).returncode == 5
    allowed = run(*words, "--allow-gone")
    assert (allowed.returncode, "gone (allowed)" in allowed.stdout) == (0, True)


def test_violated_wins_over_partial(office: Path, learned: Path, tmp_path: Path) -> None:
    """A capture cut short is 4, and 5 if it shows something new."""
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(office.read_bytes()[:-40])
    assert run("check", cut, "--baseline", learned, "--allow-gone").returncode == 4
    assert run("check", cut, "--baseline", learned, "-f", "port 80").returncode == 5
    assert run("baseline", cut).returncode == 4


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [("version = 1\n[[service]]\nport = 1\n", 1, "line 2: a service without 'responder'"), (None, 1, "cannot be read")],
)
def test_a_bad_baseline_is_one_line(office: Path, tmp_path: Path, content: str | None, code: int, words: str) -> None:
    """With file and line, before the capture is read."""
    path = tmp_path / "bad.toml"
    if content:
        path.write_text(content)
    made = run("check", office, "--baseline", path)
    assert (made.returncode, made.stdout, made.stderr.count("\n")) == (code, "", 1)
    assert str(path) in made.stderr
    assert words in made.stderr


def test_what_cannot_be_done_is_refused(office: Path, learned: Path) -> None:
    """No capture, no baseline, an existing file, an input as output."""
    assert run("check", "--baseline", learned).returncode == 2
    assert run("check", office).returncode == 2
    assert run("baseline").returncode == 2
    assert run("baseline", office, "-o", learned).returncode == 1
    assert run("check", office, "--baseline", learned, "-o", learned, "--force", "--format", "json").returncode == 1
    assert run("baseline", office, "-o", office, "--force").returncode == 1
    assert office.stat().st_size > 1000
