"""What looks random is so by its bytes; the ladder itself has its table in test_ladder.py."""

import numpy as np
import pytest

from annotator.evidence.decide import RANDOM_BYTES, looks_random
from annotator.kernel.load import view


@pytest.mark.parametrize(
    ("payload", "random"),
    [
        (np.random.default_rng(1).bytes(RANDOM_BYTES), True),
        (np.random.default_rng(2).bytes(1400), True),
        (np.random.default_rng(3).bytes(RANDOM_BYTES - 1), False),
        (b"the quick brown fox jumps over the lazy dog, and what else would it do?", False),
        (bytes(200), False),
        (bytes(range(32, 127)) * 2, False),
    ],
)
def test_what_looks_random(payload: bytes, random: bool) -> None:
    data = np.frombuffer(payload, np.uint8)
    assert looks_random(view(data), 0, len(data)) is random
