"""`annotate diff` from the command line."""

import json
from pathlib import Path

from tests.cli.test_main import run


def test_a_capture_and_its_report_do_not_differ(samples: Path, tmp_path: Path) -> None:
    """Either side may be either, and two captures may differ: exit code 0 all the same."""
    office, report = samples / "office.pcapng", tmp_path / "office.json"
    assert run(office, "-o", report).returncode == 0
    for pair in ((office, report), (report, office)):
        made = json.loads(run("diff", *pair, "--format", "json").stdout)
        nothing = {"added": [], "gone": [], "changed": []}
        assert (made["services"], made["endpoints"], made["notes"]) == (nothing, nothing, [])
    made = run("diff", report, samples / "services.pcapng", "-o", tmp_path / "d.md", "-o", tmp_path / "d.txt")
    assert (made.returncode, made.stdout) == (0, "")
    assert "10321/tcp" in (tmp_path / "d.md").read_text()
    assert "+ 23/tcp (telnet)" in (tmp_path / "d.txt").read_text()


def test_what_cannot_be_compared_is_refused(samples: Path, tmp_path: Path) -> None:
    """One line each; nothing is written over."""
    office, other = samples / "office.pcapng", tmp_path / "x.json"
    other.write_text('{"a": 1}')
    for words, code in (
        (("diff", office), 2),
        (("diff", "-", "-"), 2),
        (("diff", office, other), 3),
        (("diff", office, tmp_path / "absent"), 3),
        (("diff", office, office, "-o", "x.pdf"), 2),
        (("diff", other, office, "-o", other, "--force"), 1),
    ):
        made = run(*words)
        assert (made.returncode, made.stderr.count("\n")) == (code, 1), words
    assert other.read_text() == '{"a": 1}'


def test_a_part_of_a_capture_exits_4(samples: Path, tmp_path: Path) -> None:
    """And the difference is written."""
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes((samples / "office.pcapng").read_bytes()[:-40])
    made = run("diff", samples / "office.pcapng", cut)
    assert made.returncode == 4
    assert "was not read to its end" in " ".join(made.stdout.split())
