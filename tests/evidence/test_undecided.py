"""Tests of the answer for payloads whose deciding bytes are not there."""

import pytest

from annotator.evidence.probe import MORE, NO, SPECULATIVE, START, TCP, UDP
from annotator.evidence.undecided import undecided


@pytest.mark.parametrize(
    ("end", "finish", "context", "grade"),
    [
        (10, 10, TCP | START, MORE),  # a stream goes on
        (10, 20, TCP | START, SPECULATIVE),  # the snap length cut it: what is lost cannot be joined
        (10, 20, UDP | START, SPECULATIVE),
        (10, 10, UDP | START, NO),  # a datagram ends where it ends
    ],
)
def test_what_is_missing_decides(end: int, finish: int, context: int, grade: int) -> None:
    """Wait, guess, or refuse."""
    assert undecided(end, finish, context) == grade
