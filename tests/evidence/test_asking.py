"""Pairs are grouped by protocol, and a probe costs no more than compiling it would."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.evidence import asking
from annotator.evidence.asking import Asker, compile_probe, group_by_protocol, is_compiled, plain_seconds
from annotator.evidence.observation import OBSERVATION, SIGHTING
from annotator.evidence.probe import START, TCP, Answer, Probe, tcp
from annotator.kernel.cache import INTERPRETED
from annotator.kernel.load import u8


@given(protocols=st.lists(st.integers(0, 6), max_size=60))
def test_pairs_by_protocol(protocols: list[int]) -> None:
    """As a stable sort has them, with the places where each protocol begins."""
    numbers = np.array(protocols, np.int64)
    starts, order = np.zeros(8, np.int64), np.empty(len(protocols), np.int64)
    group_by_protocol(numbers, starts, order)
    assert order.tolist() == np.argsort(numbers, kind="stable").tolist()
    assert starts.tolist() == [sum(number < k for number in protocols) for k in range(8)]


def odd(data: object, i: int, end: int, finish: int, context: int) -> Answer:
    """Confirm an odd first byte."""
    return 3 * (u8(data, i) & 1), 0, 0


ODD = Probe("odd", "", (), ("byte",), (tcp(b"\0", mask=b"\0"),), odd)


@pytest.mark.parametrize("patience", [0.0, 1e9])
def test_compiled_or_not_the_answers_are_the_same(monkeypatch: pytest.MonkeyPatch, patience: float) -> None:
    """With no patience the kernel is compiled at once; with all of it, never."""
    monkeypatch.setattr(asking, "LOAD_S", patience)
    monkeypatch.setattr(asking, "PATIENCE_S", patience)
    asker, verdicts = asked()
    assert verdicts == [0, 3] * 50
    assert bool(asker._loops) is not bool(patience)


def asked() -> tuple[Asker, list[int]]:
    """Ask about a hundred payloads of a byte: the asker, and the grades."""
    data = np.arange(100, dtype=np.uint8)
    rows = np.zeros(100, SIGHTING)
    rows["start"] = np.arange(100)
    rows["end"] = rows["finish"] = np.arange(100) + 1
    rows["context"] = TCP | START
    asker = Asker((ODD,))
    pairs = asker.ask(data, np.zeros(1, np.uint8), rows, np.zeros(1, OBSERVATION))
    return asker, [verdict & 3 for verdict in pairs.verdict.tolist()]


@pytest.mark.skipif(INTERPRETED, reason="nothing is ever compiled")
def test_what_earlier_runs_asked_in_plain_python_is_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Patience is of all runs together: each asks plainly for as long as it is not used up."""
    loop: Any = compile_probe(ODD)
    monkeypatch.setitem(loop.__dict__, "folder", tmp_path)
    monkeypatch.setattr(loop, "_entries", {})
    is_compiled.cache_clear()
    monkeypatch.setattr(asking, "LOAD_S", 0.0)
    monkeypatch.setattr(asking, "WORTH_NOTING_S", 0.0)
    for _ in range(3):
        asker, _ = asked()
        assert not asker._loops
        asker.remember()
        asker.remember()  # only once
    spent = plain_seconds(ODD)
    assert spent > 0
    monkeypatch.setattr(asking, "PATIENCE_S", spent)
    asker, verdicts = asked()
    assert asker._loops
    assert verdicts == [0, 3] * 50
    asker.remember()
    assert plain_seconds(ODD) == spent
    is_compiled.cache_clear()
