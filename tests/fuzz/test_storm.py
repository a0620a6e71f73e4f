"""Mutated input does the compiled kernels no harm; ``ANNOTATOR_FUZZ`` is how many inputs the quick test tries."""

import os
import subprocess
import sys

import numpy as np
import pytest

from annotator.kernel.cache import INTERPRETED
from tests.conftest import REPOSITORY
from tests.fuzz import seeds
from tests.fuzz.mutate import Nursery
from tests.fuzz.storm import storm

QUICK = int(os.environ.get("ANNOTATOR_FUZZ", "2000" if INTERPRETED else "50000"))
LONG = 5_000_000


def test_frames_and_captures_survive() -> None:
    """A short storm over the project's own seeds."""
    frames, captures = storm(QUICK, real=False)
    assert frames + captures >= QUICK


@pytest.mark.slow
def test_the_long_storm() -> None:
    """Five million inputs, bred from real captures where they are."""
    frames, captures = storm(LONG)
    assert frames + captures >= LONG


def test_seeds_cover_every_link_type_that_is_decoded() -> None:
    """Without real captures too; and each is there once."""
    frames = seeds.frames(real=False)
    assert len(set(frames)) == len(frames) > 150
    assert {1, 0, 101, 113, 276, 105, 127, 9, 107, 239, 197, 230} <= {link for link, _ in frames}
    assert len(seeds.captures(real=False)) >= 13


def test_children_differ_and_are_the_same_again() -> None:
    """The same seed breeds the same batch; most children differ from their parents, and none is empty or too long."""
    bodies = [bytes(range(n, n + 50)) for n in range(20)]
    nursery, other = Nursery(bodies, 64, 200), Nursery(bodies, 64, 200)
    nursery.breed(5)
    other.breed(5)
    children = [nursery.child(n) for n in range(200)]
    assert children == [other.child(n) for n in range(200)]
    assert all(1 <= len(child) <= 64 for child in children)
    assert len(set(children)) > 100
    assert np.isin(nursery.parents, range(20)).all()


CARELESS = """
import tests.fuzz.storm as storm
from annotator.kernel.load import u8, view
from annotator.decode import reasons

def careless(data, offset, caplen, link_type, ethertype, start, finish, stop):
    ethertype[0], start[0], finish[0], stop[0] = {answer}

storm.strip_links = careless
storm.storm(2000, real=False)
"""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("u8(view(data), len(data)), 0, 1, reasons.LINK_TYPE", "IndexError"),
        ("0x0800, 0, len(data) + 4, reasons.NONE", "other headers"),
        ("0x0800, 0, len(data), reasons.NONE + 999", "IndexError"),
    ],
    ids=["a load past the end", "an end past the end", "a reason that there is not"],
)
def test_a_careless_kernel_is_found(answer: str, said: str) -> None:
    """A link header's kernel with a mistake is told, with the bytes that show it."""
    done = subprocess.run(
        [sys.executable, "-c", CARELESS.format(answer=answer)],
        cwd=REPOSITORY,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert "AssertionError" in done.stderr
    assert "link type" in done.stderr
