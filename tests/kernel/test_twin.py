"""Twins of kernels: the same source, run as plain Python."""

import numpy as np
import pytest

from annotator.evidence.probe import CONFIRMED, START, TCP
from annotator.evidence.probes import probes
from annotator.kernel import load, plain
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
