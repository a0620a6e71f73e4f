"""The benchmark of the formats writes each of them, and prints a line."""

import subprocess
import sys

from tests.conftest import REPOSITORY


def test_it_prints_a_line_a_format() -> None:
    """Seconds, size and memory of a few flows."""
    words = [sys.executable, "-m", "benchmarks.formats", "--flows", "200", "csv", "parquet", "json"]
    made = subprocess.run(words, capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout.splitlines()
    assert made[0] == "200 flows"
    assert [line.split()[0] for line in made[2:]] == ["csv", "parquet", "json"]
    for line in made[2:]:
        user, wall, megabytes, peak, rest = map(float, line.split()[1:])
        assert min(user, wall, megabytes) >= 0
        assert peak >= rest > 10
