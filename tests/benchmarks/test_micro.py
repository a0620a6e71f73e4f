"""Tests of the stage timings."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import generate, micro


def test_a_stage_counts_without_the_stages_inside_it() -> None:
    """Own times add up to the whole."""
    clock = micro.Clock()
    inner = clock.timed("inner", lambda: time.sleep(0.05))

    def work() -> Iterator[int]:
        for number in range(2):
            time.sleep(0.02)
            inner()
            yield number

    start = time.perf_counter()
    assert list(clock.timed("outer", work)()) == [0, 1]
    whole = time.perf_counter() - start
    assert clock.seconds["inner"] == pytest.approx(0.1, abs=0.04)
    assert sum(clock.seconds.values()) == pytest.approx(whole, abs=0.02)


def test_the_stages_of_a_run_add_up_to_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No time is lost, and every stage was seen."""
    path, figures = tmp_path / "made.pcap", tmp_path / "micro.json"
    generate.main(["-o", str(path), "--packets", "5000", "--flows", "300"])
    micro.main([str(path), "--repeat", "1", "--json", str(figures)])
    seconds = json.loads(figures.read_text())["seconds"]
    stages = [micro.INDEX, micro.REST, *dict(micro.STAGES)]
    assert sum(seconds[stage] for stage in stages) == pytest.approx(seconds[micro.WHOLE], rel=0.05)
    assert all(seconds[stage] > 0 for stage in stages)
    assert "write csv" in capsys.readouterr().out
