"""What is observed of real captures is what nDPI knows them to be, without a port having been seen."""

from pathlib import Path

import pytest

from tests.evidence.ndpi_errors import shown_wrong
from tests.evidence.score import Score, score

ENOUGH = 10
"""A protocol with as many flows is held to a bar of its own."""


@pytest.fixture(scope="module")
def result(shared: Path) -> Score:
    return score(shared, excused=shown_wrong(shared))


@pytest.mark.slow
def test_confirmed_observations_are_right(result: Score) -> None:
    """Of what is confirmed, 99 of 100 are what nDPI says, or nDPI is shown to be wrong."""
    assert result.total.precision >= 0.99, result.table() + "\n" + "\n".join(miss for _, miss in result.misses)


@pytest.mark.slow
def test_most_flows_are_observed(result: Score) -> None:
    """Of all flows, 93 of 100 are observed as what they are."""
    assert result.total.flows > 1500
    assert result.total.recall >= 0.93, result.table() + "\n" + "\n".join(miss for _, miss in result.misses)


@pytest.mark.slow
def test_each_common_protocol_is_observed(result: Score) -> None:
    """Of each protocol with ten flows or more, 85 of 100 are observed."""
    behind = {name for name, marks in result.protocols.items() if marks.flows >= ENOUGH and marks.recall < 0.85}
    assert not behind, result.table() + "\n" + "\n".join(miss for name, miss in result.misses if name in behind)
