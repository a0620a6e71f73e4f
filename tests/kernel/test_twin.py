"""Twins of kernels: the same source, run as plain Python."""

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import numpy as np
import pytest

from annotator.evidence.probe import CONFIRMED, START, TCP
from annotator.evidence.probes import probes
from annotator.kernel import load, plain
from annotator.kernel import twin as twins
from annotator.kernel.cache import INTERPRETED
from annotator.kernel.twin import twin

HELLO = b"SSH-2.0-OpenSSH_9.2\r\n"


def test_a_twin_answers_as_the_kernel_does() -> None:
    """A probe's twin gives the verdict that its compiled form gives."""
    ssh = next(probe for probe in probes() if probe.name == "ssh")
    data = np.frombuffer(b"xx" + HELLO, np.uint8)
    answer = twin(ssh.confirm)(plain.view(data), 2, len(data), len(data), TCP | START)
    assert answer[0] & 3 == CONFIRMED
    assert answer[1:] == (2, len(HELLO) - 2)


@pytest.mark.skipif(INTERPRETED, reason="kernels are plain already")
def test_loads_are_replaced_by_plain_ones() -> None:
    """What a twin loads with needs no compiler."""
    assert twin(load.be32) is plain.be32
    assert twin(load.signed) is plain.signed


def test_every_probe_has_a_twin_that_runs() -> None:
    """No probe calls what plain Python has not: each answers a payload of zeros, and one of letters."""
    for payload in (bytes(300), b"A" * 300):
        data = np.frombuffer(payload, np.uint8)
        for probe in probes():
            twin(probe.confirm)(plain.view(data), 0, len(data), len(data), TCP | START)


@pytest.mark.skipif(INTERPRETED, reason="kernels are plain already")
def test_threads_get_whole_twins(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that another thread is still making has not all that it calls yet: nobody gets it before."""
    monkeypatch.setattr(twins, "_made", {})
    together = Barrier(2)

    def lacking(_: int) -> list[str]:
        together.wait()
        found = []
        for probe in probes():
            made: Any = twin(probe.confirm)
            source: Any = getattr(probe.confirm, "py_func", probe.confirm)
            found += [n for n in source.__code__.co_names if n in source.__globals__ and n not in made.__globals__]
        return found

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as threads:
            for _ in range(10):
                twins._made.clear()
                assert list(threads.map(lacking, range(2))) == [[], []]
    finally:
        sys.setswitchinterval(interval)
