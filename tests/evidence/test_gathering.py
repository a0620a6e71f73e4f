"""What a flow learns of a judgement: how many payloads are wanted, and which directions come back."""

import numpy as np
import pytest

from annotator.evidence import decide
from annotator.evidence.gathering import settle
from annotator.evidence.observation import (
    FOLLOW_LOOKS,
    FURTHER_LOOKS,
    KEEP,
    MORE_LOOKS,
    OBSERVATION,
    SIGHTING,
    UPGRADE_LOOKS,
)
from annotator.flow.key import SHARDS
from annotator.flow.row import FLOW
from annotator.flow.table import SIGHT, WANTED
from annotator.kernel.twin import twin

want = twin(decide.want)  # kernels take arrays, and this one is called with rows by another one

CASES: list[tuple[str, list[int], int, list[int], list[int]]] = [
    # what was judged, what both directions were watched for, what is wanted, the same after, directions that come back
    ("nothing changes", [0, 2], KEEP, [0, 2], []),
    ("it is known now", [3, 1], 0, [0, 1], []),
    ("more is wanted, one by one", [0, 1], FURTHER_LOOKS, [1, 1], [0]),
    ("a message goes on", [0, 0], MORE_LOOKS, [1, 0], [0]),
    ("and takes nothing away", [60, 0], MORE_LOOKS, [60, 0], []),
    ("a protocol is followed", [1, 0], FOLLOW_LOOKS, [FOLLOW_LOOKS, 0], []),
    ("both sides are upgraded", [1, 0], UPGRADE_LOOKS, [UPGRADE_LOOKS, UPGRADE_LOOKS], [1]),
]


@pytest.mark.parametrize(("what", "before", "looks", "after", "back"), CASES, ids=[case[0] for case in CASES])
def test_what_is_wanted(what: str, before: list[int], looks: int, after: list[int], back: list[int]) -> None:
    rows, observations = np.zeros(1, FLOW), np.zeros(1, OBSERVATION)
    rows["watch"][0] = observations["left"][0] = before
    sights, sightings, wanted = np.zeros(1, SIGHT), np.zeros(1, SIGHTING), np.zeros(2, WANTED)
    sights["shard"] = 5
    sightings["wanted"] = looks
    want(observations[0], sightings[0], 0)
    raised = settle((rows,) * SHARDS, sights, sightings, observations, wanted)
    assert rows["watch"][0].tolist() == after
    assert wanted["direction"][:raised].tolist() == back
    assert (wanted["shard"][:raised] == 5).all()


def test_a_direction_comes_back_from_where_it_was_wanted_again() -> None:
    """What was passed over before that stays passed over; where it was wanted all along, nothing does."""
    rows, observations = np.zeros(3, FLOW), np.zeros(3, OBSERVATION)
    sights, sightings, wanted = np.zeros(4, SIGHT), np.zeros(4, SIGHTING), np.zeros(8, WANTED)
    sights["row"] = sights["observation"] = [0, 1, 0, 2]
    sights["header"] = [10, 11, 12, 13]
    observations["left"][1] = [2, 0]
    for n, looks in enumerate((FURTHER_LOOKS, MORE_LOOKS, UPGRADE_LOOKS, KEEP)):
        if n == 2:
            observations["left"][0] = 0  # what was wanted before has come
        sightings["wanted"][n] = looks
        want(observations[sights["observation"][n]], sightings[n], 0)
    raised = settle((rows,) * SHARDS, sights, sightings, observations, wanted)
    found = {(int(w["row"]), int(w["direction"])): int(w["header"]) for w in wanted[:raised]}
    assert found == {(0, 0): 13, (0, 1): 13, (1, 0): 0}
    assert rows["watch"].tolist() == [[UPGRADE_LOOKS] * 2, [1, 0], [0, 0]]


def test_the_next_payload_is_asked_for_where_one_was_not_enough() -> None:
    """Of the few further looks each is asked for when the one before it told nothing, and from behind it."""
    rows, observations = np.zeros(1, FLOW), np.zeros(1, OBSERVATION)
    sights, sightings, wanted = np.zeros(1, SIGHT), np.zeros(1, SIGHTING), np.zeros(2, WANTED)
    sightings["wanted"] = KEEP
    for left, back in ((2, [(1, 8)]), (1, [(1, 8)]), (0, [])):
        sights["direction"], sights["header"] = 1, 7
        observations["left"][0] = 0, left
        rows["watch"][0] = 0, 0
        raised = settle((rows,) * SHARDS, sights, sightings, observations, wanted)
        assert [(int(w["direction"]), int(w["header"])) for w in wanted[:raised]] == back
        assert rows["watch"][0].tolist() == [0, min(left, 1)]
