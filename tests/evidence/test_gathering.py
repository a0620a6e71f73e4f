"""What a flow learns of a judgement: how many payloads are wanted, and which directions come back."""

import numpy as np
import pytest

from annotator.evidence.gathering import settle
from annotator.evidence.observation import FOLLOW_LOOKS, FURTHER_LOOKS, KEEP, MORE_LOOKS, SIGHTING, UPGRADE_LOOKS
from annotator.flow.row import FLOW
from annotator.flow.table import SIGHT, WANTED

CASES: list[tuple[str, list[int], int, list[int], list[int]]] = [
    # what was judged, what both directions were watched for, what is wanted, the same after, directions that come back
    ("nothing changes", [0, 2], KEEP, [0, 2], []),
    ("it is known now", [3, 2], 0, [0, 2], []),
    ("more is wanted", [0, 2], FURTHER_LOOKS, [FURTHER_LOOKS, 2], [0]),
    ("a message goes on", [0, 0], MORE_LOOKS, [MORE_LOOKS, 0], [0]),
    ("and takes nothing away", [60, 0], MORE_LOOKS, [60, 0], []),
    ("a protocol is followed", [1, 0], FOLLOW_LOOKS, [FOLLOW_LOOKS, 0], []),
    ("both sides are upgraded", [1, 0], UPGRADE_LOOKS, [UPGRADE_LOOKS, UPGRADE_LOOKS], [1]),
]


@pytest.mark.parametrize(("what", "before", "looks", "after", "back"), CASES, ids=[case[0] for case in CASES])
def test_what_is_wanted(what: str, before: list[int], looks: int, after: list[int], back: list[int]) -> None:
    rows = np.zeros(1, FLOW)
    rows["watch"][0] = before
    sights, sightings, wanted = np.zeros(1, SIGHT), np.zeros(1, SIGHTING), np.zeros(2, WANTED)
    sightings["wanted"] = looks
    raised = settle(rows, 5, sights, sightings, wanted, 0)
    assert rows["watch"][0].tolist() == after
    assert wanted["direction"][:raised].tolist() == back
    assert (wanted["shard"][:raised] == 5).all()


def test_payloads_offered_together_count_as_if_they_had_come_one_by_one() -> None:
    """What an earlier payload makes be wanted, later ones of the same batch take from, in both directions."""
    rows = np.zeros(2, FLOW)
    sights, sightings, wanted = np.zeros(6, SIGHT), np.zeros(6, SIGHTING), np.zeros(12, WANTED)
    sights["row"] = [1, 0, 0, 0, 0, 1]
    sights["direction"] = [0, 0, 1, 0, 1, 0]
    sightings["wanted"] = [KEEP, UPGRADE_LOOKS, KEEP, KEEP, MORE_LOOKS, FURTHER_LOOKS]
    raised = settle(rows, 5, sights, sightings, wanted, 0)
    # A offered one more after the upgrade; B two, of which the second wants three more and would get as many or more
    assert rows["watch"].tolist() == [[UPGRADE_LOOKS - 1, max(UPGRADE_LOOKS - 2, MORE_LOOKS)], [FURTHER_LOOKS, 0]]
    assert list(zip(wanted["row"][:raised].tolist(), wanted["direction"][:raised].tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
    ]
