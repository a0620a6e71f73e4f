"""Guided by coverage, the interpreted readers and decoder come to no harm; ``ANNOTATOR_FUZZ_GUIDED`` sets the runs."""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.capture.writing import pcap_header
from tests.fuzz.guided import TARGETS, corpus, decode_input, guided, read_input

QUICK = int(os.environ.get("ANNOTATOR_FUZZ_GUIDED", "1500"))
LONG = 100_000
"""Of each target."""
needs_atheris = pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed: pip install atheris")


def runs(said: str) -> int:
    """Read how many inputs were run: the fuzzer ends what it is at, and may do a few more than it was told."""
    found = re.search(r"Done (\d+) runs", said)
    return int(found[1]) if found else 0


@needs_atheris
@pytest.mark.parametrize("target", TARGETS)
def test_a_short_run(target: str, tmp_path: Path) -> None:
    """Coverage is followed, and nothing fails, from the project's own seeds."""
    assert runs(guided(target, QUICK, real=False, folder=tmp_path)) >= QUICK


@needs_atheris
@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_the_long_run(target: str, tmp_path: Path) -> None:
    """From real captures where they are."""
    assert runs(guided(target, LONG, folder=tmp_path)) >= LONG


@pytest.mark.parametrize("target", TARGETS)
def test_what_a_corpus_begins_with_passes(target: str) -> None:
    """Every target takes its own seeds, compiled too."""
    found = corpus(target, real=False)
    assert len(found) > 10
    for data in found[:40]:
        TARGETS[target](data)


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\1\0", b"\0\0\1\0\0", b"\4" + pcap_header("<")[:23]])
def test_inputs_of_nothing_pass(data: bytes) -> None:
    """The targets themselves are no harder than the code."""
    decode_input(data)
    read_input(data)
