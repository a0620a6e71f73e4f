"""From what was seen of each direction to one observation a flow, and the words for it."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotator.evidence.look import Observer
from annotator.evidence.observation import RANDOM
from annotator.evidence.probe import ANY_ROLE, CLIENT, CONFIRMED, SERVER, SPECULATIVE, Probe
from annotator.flow.row import SPLIT_ACTIVE, SPLIT_IDLE

NONE: Final = -1
UNDECIDED: Final = -1


@dataclass(slots=True)
class Findings:
    """Observations of a table's flows, as columns in order of its rows, and the words that they stand for."""

    protocol: NDArray[np.int16]
    """Index into ``names``, -1 where nothing was observed."""
    grade: NDArray[np.uint8]
    """NO, SPECULATIVE or CONFIRMED of :mod:`annotator.evidence.probe`."""
    basis: NDArray[np.int16]
    """Index into ``bases``, -1 where nothing was observed."""
    label: NDArray[np.int64]
    """Place of the label in the heap, -1 for none; see :meth:`texts`."""
    client: NDArray[np.int8]
    """Which end speaks as client: 0 is A, 1 is B, -1 unknown."""
    random: NDArray[np.bool_]
    """Nothing was observed, and the payload looks encrypted, compressed or random."""
    contradicts: NDArray[np.bool_]
    """The two directions show different protocols."""
    names: list[str]
    bases: list[str]
    _heap: NDArray[np.uint8]
    _length: NDArray[np.uint16]
    _probe: NDArray[np.int16]
    _probes: tuple[Probe, ...]
    _known: dict[tuple[int, bytes], str] = field(default_factory=dict)

    def texts(self, flows: NDArray[np.int64]) -> list[str]:
        """Give the labels of the flows (by row), "" where there is none; text is made once for each distinct one."""
        found = []
        places, lengths, numbers = self.label[flows].tolist(), self._length[flows].tolist(), self._probe[flows].tolist()
        for place, length, number in zip(places, lengths, numbers, strict=True):
            if place < 0:
                found.append("")
                continue
            raw = self._heap[place : place + length].tobytes()
            text = self._known.get((number, raw))
            if text is None:
                spell = self._probes[number].label or _ascii
                text = self._known[number, raw] = spell(raw)
            found.append(text)
        return found


def _ascii(raw: bytes) -> str:
    return raw.decode("ascii", "backslashreplace")


def _continued(rows: NDArray[np.void]) -> NDArray[np.int64]:
    """Give the rows that go on where another stopped, in order: their observation is the other's, if they have none."""
    previous = rows["previous"]
    linked = np.flatnonzero(previous >= 0)
    return linked[np.isin(rows["split"][previous[linked]], (SPLIT_IDLE, SPLIT_ACTIVE))]


def find(observer: Observer, rows: NDArray[np.void]) -> Findings:
    """Lay out what `observer` saw for the flows `rows` (FLOW, in their final order).

    The ladder for the two directions: 1) both show one protocol: it, with the better grade; 2) one shows a protocol
    confirmed and the other none, or only a speculation: the confirmed one; 3) both confirmed, and different: the
    stronger one, as speculation, and the flow is marked as contradicting itself; 4) speculations: the stronger one.
    Where both directions tell as much, the words are those of the end that did not send the first packet.
    """
    n = len(rows)
    probes = observer.probes
    seen = np.zeros(n, observer.observations.dtype)
    seen["protocol"] = seen["upgraded"] = NONE
    has = rows["observation"] >= 0
    seen[has] = observer.observations[: observer.used][rows["observation"][has]]
    for row in _continued(rows).tolist():
        if not seen["grade"][row].any():
            seen[row] = seen[rows["previous"][row]]

    protocol, grade = seen["protocol"], seen["grade"]
    strengths = np.append(np.array([probe.strength for probe in probes], np.int64), -1)
    strength = strengths[protocol]  # -1, no protocol, reads the last
    both = (grade[:, 0] > 0) & (grade[:, 1] > 0)
    same = both & (protocol[:, 0] == protocol[:, 1])
    contradicts = both & ~same & (grade[:, 0] == CONFIRMED) & (grade[:, 1] == CONFIRMED)
    answers_b = rows["first_from"] == 0
    stronger_b = np.where(strength[:, 1] == strength[:, 0], answers_b, strength[:, 1] > strength[:, 0])
    better_b = np.where(grade[:, 1] == grade[:, 0], stronger_b, grade[:, 1] > grade[:, 0])
    side = np.where(same, _telling(seen, answers_b), better_b).astype(np.intp)
    each = np.arange(n)
    chosen = protocol[each, side].astype(np.int16)
    final_grade = np.where(same, grade.max(axis=1), grade[each, side])
    final_grade = np.where(contradicts, SPECULATIVE, final_grade).astype(np.uint8)
    chosen[final_grade == 0] = NONE

    names = [probe.name for probe in probes]
    into = strengths[seen["upgraded"]]
    upgrade_side = np.where(into[:, 1] == into[:, 0], ~answers_b, into[:, 1] > into[:, 0]).astype(np.intp)
    upgraded = seen["upgraded"][each, upgrade_side]
    became = (upgraded >= 0) & (chosen >= 0) & (upgraded != chosen)
    for first, second in sorted(set(zip(chosen[became].tolist(), upgraded[became].tolist(), strict=True))):
        number = second
        if not probes[first].opens:
            number = len(names)
            names.append(f"{probes[first].name}+{probes[second].name}")
        chosen_pair = became & (upgraded == second) & (protocol[each, side] == first)
        chosen = np.where(chosen_pair, np.int16(number), chosen).astype(np.int16)

    bases: list[str] = []
    offsets = []
    for probe in probes:
        offsets.append(len(bases))
        bases += probe.bases
    base = np.array([*offsets, 0], np.int64)
    own = protocol[each, side]
    opened = became & np.array([probe.opens for probe in probes] + [False])[own]
    basis = np.where(chosen >= 0, base[own] + seen["basis"][each, side], NONE)
    basis = np.where(opened, base[upgraded] + seen["upgraded_basis"][each, upgrade_side], basis).astype(np.int16)

    label_side = np.where(seen["label_length"][each, side] > 0, side, 1 - side)
    label_length = seen["label_length"][each, label_side]
    labelled = (chosen >= 0) & (label_length > 0) & (protocol[each, label_side] == own) & ~opened
    role = np.where((protocol == own[:, None]) & (grade == CONFIRMED), seen["role"], ANY_ROLE)
    speaks_a = (role[:, 0] == CLIENT) | (role[:, 1] == SERVER)
    speaks_b = (role[:, 1] == CLIENT) | (role[:, 0] == SERVER)
    confirmed = final_grade == CONFIRMED
    client = np.where(speaks_a & ~speaks_b, 0, np.where(speaks_b & ~speaks_a, 1, UNDECIDED))
    return Findings(
        protocol=chosen,
        grade=final_grade,
        basis=basis,
        label=np.where(labelled, seen["label_at"][each, label_side], NONE),
        client=np.where(confirmed, client, UNDECIDED).astype(np.int8),
        random=(chosen < 0) & ((seen["state"] & RANDOM) != 0).any(axis=1),
        contradicts=contradicts,
        names=names,
        bases=bases,
        _heap=observer.heap,
        _length=label_length,
        _probe=protocol[each, label_side],
        _probes=probes,
    )


def _telling(seen: NDArray[np.void], answers_b: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of two directions that show the same protocol, say which tells more: True is B. The client's words name it."""
    role, grade = seen["role"], seen["grade"]
    client_a = (role[:, 0] == CLIENT) & (role[:, 1] != CLIENT)
    client_b = (role[:, 1] == CLIENT) & (role[:, 0] != CLIENT)
    by_role = np.where(client_a | client_b, client_b, answers_b)
    telling: NDArray[np.bool_] = np.where(grade[:, 0] == grade[:, 1], by_role, grade[:, 1] > grade[:, 0])
    return telling
