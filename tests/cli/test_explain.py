"""``annotate explain`` from the command line."""

import json
from pathlib import Path

from tests.cli.test_main import run


def test_a_flow_is_explained_as_text_and_as_json(samples: Path) -> None:
    """Both say the same; a name of nothing exits 2 with one line."""
    capture = samples / "services.pcapng"
    rows = run(capture, "--format", "ndjson").stdout.splitlines()
    name = next(row["community_id"] for row in map(json.loads, rows) if row.get("observed") == "mysql")
    text = run("explain", capture, name)
    assert text.returncode == 0
    assert "mysql, confirmed" in text.stdout
    (record, *_) = json.loads(run("explain", capture, name, "--format", "json").stdout)
    assert record["flow"]["community_id"] == name
    assert record["payloads"][0]["hex"][:8] in text.stdout.replace(" ", "")
    wrong = run("explain", capture, "10.9.9.9:1-10.9.9.8:2/tcp")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)


def test_standard_input_cannot_be_explained() -> None:
    """It is read twice, and says so before any work."""
    made = run("explain", "-", "1:AAAA")
    assert made.returncode == 3
    assert "save it" in made.stderr
