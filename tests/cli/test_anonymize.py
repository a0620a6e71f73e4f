"""`--anonymize` on the command line."""

import json
from pathlib import Path

from annotator.anonymize import ENVIRONMENT
from tests.cli.test_main import run


def addresses(made: str) -> set[str]:
    return {row["responder_addr"] for row in json.loads(made)["endpoints"]}


def test_a_key_or_none(samples: Path, tmp_path: Path) -> None:
    """The file and the variable give the same names each time, no key others each time."""
    office, key = samples / "office.pcapng", tmp_path / "key"
    key.write_text("0123456789abcdef\n")
    words = (office, "--format", "json")
    by_file = run(*words, "--anonymize-key", key).stdout
    import os

    environment = os.environ | {ENVIRONMENT: "0123456789abcdef"}
    assert run(*words, "--anonymize", env=environment).stdout == by_file
    one, other = (addresses(run(*words, "--anonymize").stdout) for _ in range(2))
    assert len(one) == len(other) == len(addresses(by_file))
    assert one != other
    assert "10.0.4." not in by_file


def test_what_would_give_the_secret_away_is_refused(samples: Path, tmp_path: Path) -> None:
    """Packets, and the bytes of one flow; one line each."""
    office = samples / "office.pcapng"
    made = run(office, "--anonymize", "-w", tmp_path / "x.pcapng")
    assert (made.returncode, made.stderr.count("\n")) == (2, 1)
    assert "-w writes packets as they are" in made.stderr
    assert not (tmp_path / "x.pcapng").exists()
    assert run("explain", office, "1:x", "--anonymize").returncode == 2
    assert run(office, "--anonymize-key", tmp_path / "absent").returncode == 2
