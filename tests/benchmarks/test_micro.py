"""Tests of the stage timings."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from benchmarks import generate, micro


def burn(seconds: float) -> None:
    """Use up processor time of this thread."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(100))


def test_a_stage_counts_without_the_stages_inside_it() -> None:
    """Own times add up to the whole; what is slept is no work."""
    clock = micro.Clock()
    inner = clock.timed("inner", lambda: burn(0.05))

    def work() -> Iterator[int]:
        for number in range(2):
            burn(0.02)
            time.sleep(0.1)
            inner()
            yield number

    start = time.thread_time()
    assert list(clock.timed("outer", work)()) == [0, 1]
    whole = time.thread_time() - start
    seconds = clock.seconds(micro.MAIN)
    assert seconds["inner"] == pytest.approx(0.1, abs=0.04)
    assert sum(seconds.values()) == pytest.approx(whole, abs=0.02)


def test_threads_keep_their_own_books() -> None:
    """Two that run at once, and change stages all the time, each add up to their own time and stages."""
    clock = micro.Clock()
    spent: list[float] = []

    def work(outer: str, inner: str) -> None:
        start = time.thread_time()
        within = clock.timed(inner, lambda: burn(0.0002))
        clock.timed(outer, lambda: [(burn(0.0002), within()) for _ in range(200)])()
        spent.append(time.thread_time() - start)

    other = Thread(target=work, args=("decode", "shard"))
    other.start()
    work("count", "look")
    other.join()
    books = clock.seconds(micro.MAIN), clock.seconds(micro.AHEAD)
    assert [set(book) for book in books] == [{"count", "look"}, {"decode", "shard"}]
    assert sum(sum(book.values()) for book in books) == pytest.approx(sum(spent), rel=0.1)
    assert all(seconds > 0.03 for book in books for seconds in book.values())


def test_the_stages_of_a_run_add_up_to_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No time is lost, and every stage was seen, in the thread that does it."""
    path, figures = tmp_path / "made.pcap", tmp_path / "micro.json"
    generate.main(["-o", str(path), "--packets", "200000", "--flows", "2000"])
    micro.main([str(path), "--repeat", "1", "--json", str(figures)])
    result = json.loads(figures.read_text())
    seconds, threads = result["seconds"], result["threads"]
    spent = [own for stages in threads.values() for own in stages.values()]
    assert sum(spent) == pytest.approx(seconds[micro.PROCESSOR], rel=0.05)
    assert all(own > 0 for own in spent)
    ahead = {micro.INDEX, micro.REST, "decode", "fragments", "shard"}
    assert set(threads[micro.AHEAD]) == ahead
    assert set(threads[micro.READING]) == {micro.READ}
    assert set(threads[micro.MAIN]) >= {micro.REST, *dict(micro.STAGES)} - ahead
    assert 0 < seconds["start Python"] < seconds[micro.START]
    assert seconds[micro.COMMAND] > seconds["start Python"]  # the analysis within may have had probes to compile
    shown = capsys.readouterr().out
    assert "write csv" in shown
    assert micro.AHEAD in shown
