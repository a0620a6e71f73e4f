"""From what was seen of each direction to one observation a flow, and the words for it."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotator.evidence.look import Observer
from annotator.evidence.observation import RANDOM
from annotator.evidence.probe import CLIENT, CONFIRMED, SERVER, SPECULATIVE, Probe
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
    counts: NDArray[np.int64]
    """Of the whole run, by AMBIGUOUS, LABELS_GIVEN_UP and ANNOUNCEMENTS_GIVEN_UP of
    :mod:`annotator.evidence.observation`."""
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
    probes = observer.probes
    seen = _seen(observer, rows)
    protocol, grade, role, upgraded, length = (
        _columns(seen, name) for name in ("protocol", "grade", "role", "upgraded", "label_length")
    )
    strengths = np.append(np.array([probe.strength for probe in probes], np.int32), np.int32(-1))
    strength = strengths[protocol]  # -1, no protocol, reads the last
    both = (grade[0] > 0) & (grade[1] > 0)
    same = both & (protocol[0] == protocol[1])
    contradicts = both & ~same & (grade[0] == CONFIRMED) & (grade[1] == CONFIRMED)
    answers_b = rows["first_from"] == 0
    from_b = np.where(same, _telling(role, grade, answers_b), _more(grade, _more(strength, answers_b)))
    own = _of(from_b, protocol)
    final_grade = np.where(same, np.maximum(grade[0], grade[1]), _of(from_b, grade))
    final_grade[contradicts] = SPECULATIVE
    chosen = np.where(final_grade == 0, np.int16(NONE), own)

    names = [probe.name for probe in probes]
    became = np.flatnonzero(np.maximum(upgraded[0], upgraded[1]) >= 0)  # few do
    into = upgraded[:, became]
    later_b = _more(strengths[into], ~answers_b[became])
    into_one = _of(later_b, into)
    other = (into_one >= 0) & (chosen[became] >= 0) & (into_one != chosen[became])
    became, into_one, later_b = became[other], into_one[other], later_b[other]
    before = chosen[became]
    for first, second in sorted(set(zip(before.tolist(), into_one.tolist(), strict=True))):
        number = second
        if not probes[first].opens:
            number = len(names)
            names.append(f"{probes[first].name}+{probes[second].name}")
        chosen[became[(before == first) & (into_one == second)]] = number

    bases: list[str] = []
    offsets = []
    for probe in probes:
        offsets.append(len(bases))
        bases += probe.bases
    base = np.array([*offsets, 0], np.int16)
    basis = base[own] + _of(from_b, _columns(seen, "basis"))
    basis[chosen < 0] = NONE
    opens = np.array([probe.opens for probe in probes], np.bool_)[before]
    opened = became[opens]
    upgraded_basis = _of(later_b, _columns(seen[became], "upgraded_basis"))
    basis[opened] = (base[into_one] + upgraded_basis)[opens]

    label_b = from_b ^ (_of(from_b, length) == 0)
    label_length, label_probe = _of(label_b, length), _of(label_b, protocol)
    labelled = (chosen >= 0) & (label_length > 0) & (label_probe == own)
    labelled[opened] = False
    label = np.where(labelled, _of(label_b, _columns(seen, "label_at")), NONE)
    tells = (protocol == own) & (grade == CONFIRMED)
    is_client, is_server = tells & (role == CLIENT), tells & (role == SERVER)
    speaks_a, speaks_b = is_client[0] | is_server[1], is_client[1] | is_server[0]
    client = np.where(speaks_b, np.int8(1), np.int8(0))
    client[(speaks_a == speaks_b) | (final_grade != CONFIRMED)] = UNDECIDED
    state = _columns(seen, "state")
    return Findings(
        protocol=chosen,
        grade=final_grade,
        basis=basis,
        label=label,
        client=client,
        random=(chosen < 0) & (((state[0] | state[1]) & RANDOM) != 0),
        contradicts=contradicts,
        names=names,
        bases=bases,
        counts=observer.counts,
        _heap=observer.heap,
        _length=label_length,
        _probe=label_probe,
        _probes=probes,
    )


def _seen(observer: Observer, rows: NDArray[np.void]) -> NDArray[np.void]:
    """Give what was seen of each flow, (n,) OBSERVATION; of one that goes on where another stopped, the other's."""
    number = rows["observation"].astype(np.intp)
    blank = np.zeros(1, observer.observations.dtype)
    blank["protocol"] = blank["upgraded"] = NONE
    if not observer.used:
        return np.repeat(blank, len(rows))
    seen: NDArray[np.void] = observer.observations[: observer.used].take(number, mode="clip")
    seen[number < 0] = blank
    for row in _continued(rows).tolist():
        if not seen["grade"][row].any():
            seen[row] = seen[rows["previous"][row]]
    return seen


def _columns(seen: NDArray[np.void], name: str) -> NDArray[Any]:
    """Give a field of both directions as columns, (2, n): steps of a row's length are for reading once."""
    return np.ascontiguousarray(seen[name].T)


def _of(from_b: NDArray[np.bool_], columns: NDArray[Any]) -> NDArray[Any]:
    """Give of each flow what is said of one direction: B's where `from_b`."""
    chosen: NDArray[Any] = np.where(from_b, columns[1], columns[0])
    return chosen


def _more(columns: NDArray[Any], otherwise: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say of which direction the number is higher: True is B; of equals `otherwise`."""
    higher: NDArray[np.bool_] = (columns[1] > columns[0]) | ((columns[1] == columns[0]) & otherwise)
    return higher


def _telling(role: NDArray[np.uint8], grade: NDArray[np.uint8], answers_b: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of two directions that show the same protocol, say which tells more: True is B. The client's words name it."""
    client_a, client_b = role == CLIENT
    return _more(grade, np.where(client_a != client_b, client_b, answers_b))
