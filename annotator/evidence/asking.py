"""Asks the probes: which of them each payload nominates, and what these answer.

A probe's kernel is loaded, or compiled, when its payloads are worth it; until then it is asked in plain Python.
"""

from collections.abc import Callable
from functools import cache
from time import perf_counter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annotator.evidence.bundle import BUNDLES, compile_bundle, members
from annotator.evidence.bundle import is_compiled as bundle_is_compiled
from annotator.evidence.observation import FOLLOWED, UPGRADING
from annotator.evidence.probe import Probe
from annotator.evidence.signatures import MOST_CANDIDATES, SignatureTable, nominate, signature_table
from annotator.kernel import patience, plain
from annotator.kernel.cache import INTERPRETED
from annotator.kernel.jit import Kernel, generated, kernel
from annotator.kernel.load import signed, view
from annotator.kernel.prefetch import address_of, prefetch
from annotator.kernel.twin import twin

LOAD_S: Final = 0.006
"""What loading a bundle from the cache takes (measured: 6 to 9 ms); that of one probe takes about half of it."""
PATIENCE_S: Final = 0.1
"""Plain Python that a probe may take, in all runs together, before it is compiled, which takes some 0.7 s: whoever has
so many payloads for it has more of them tomorrow."""
MOST_ALONE: Final = 2
"""Probes of a bundle that are compiled each by itself. The next to be compiled brings the whole bundle with it, which
takes some 4 s: whoever meets so many protocols meets the others, too, and a bundle is loaded and called as one."""
WORTH_NOTING_S: Final = 0.005
"""What took less in a run is not remembered."""
PLAIN_PAIR_S: Final = 24e-6
"""What a payload takes that a probe is asked about in plain Python (measured on the samples: 5 to 200 us by probe)."""
SIGHTINGS_AHEAD: Final = 8
"""How many payloads before its turn one is fetched, with what is known of its flow: both lie anywhere in memory."""
PLAIN: Final = "judge"
"""What a probe's account is called, as the kernel that will take its place."""
PLAIN_PAIRS: Final = 16
"""Payloads that a plain probe is asked about between two looks at the clock."""


class Pairs(NamedTuple):
    """Which payloads may be which protocol: one element a pair."""

    sighting: NDArray[np.int64]
    protocol: NDArray[np.int64]
    verdict: NDArray[np.int64]
    label_at: NDArray[np.int64]
    label_length: NDArray[np.int64]


LOOP: Final = '''
def judge(window, pool, sightings, pairs, chosen):
    """Ask the probe about the payloads of the pairs in `chosen`."""
    frames, joined = view(window), view(pool)
    for n in range(len(chosen)):
        k = chosen[n]
        s = sightings[pairs.sighting[k]]
        start, end, finish = signed(s["start"]), signed(s["end"]), signed(s["finish"])
        answer = function0(joined if s["pooled"] else frames, start, end, finish, signed(s["context"]))
        pairs.verdict[k] = answer[0]
        pairs.label_at[k] = answer[1]
        pairs.label_length[k] = answer[2]
'''


@cache
def plain_probe(probe: Probe) -> Callable[..., None]:
    """Make the loop that asks `probe` in plain Python: slow, and there at once."""
    scope: dict[str, Any] = {"function0": twin(probe.confirm), "view": plain.view, "signed": plain.signed}
    exec(compile(LOOP, probe.confirm.__code__.co_filename, "exec"), scope)  # noqa: S102  # the text is this package's own
    loop: Callable[..., None] = scope["judge"]
    return loop


@cache
def compile_probe(probe: Probe) -> Callable[..., None]:
    """Compile (or load from the cache) the loop that asks `probe` about its candidates."""
    loop: Callable[..., None] = generated(LOOP, "judge", probe.confirm, view=view, signed=signed)
    return loop


@cache
def is_compiled(probe: Probe) -> bool:
    """Say whether the loop of `probe` is in the cache."""
    loop = compile_probe(probe)
    return isinstance(loop, Kernel) and loop.is_kept()


def plain_seconds(probe: Probe) -> float:
    """Give what a probe took in plain Python, in all runs before this one."""
    loop = compile_probe(probe)
    return patience.taken(loop.folder, PLAIN) if isinstance(loop, Kernel) else 0.0


def note_plain(probe: Probe, seconds: float) -> None:
    """Add to what a probe took in plain Python."""
    loop = compile_probe(probe)
    if isinstance(loop, Kernel):
        patience.note(loop.folder, PLAIN, seconds)


@kernel
def nominate_all(
    places: Any,
    starts: Any,
    rows: Any,
    data: Any,
    pool_bytes: Any,
    sightings: Any,
    observations: Any,
    found: Any,
    sighting: Any,
    protocol: Any,
) -> int:
    """Write the candidates of every payload as pairs; returns how many.

    A direction that is followed is asked about its own protocol alone.
    """
    frames, joined = view(data), view(pool_bytes)
    data_at, observations_at = address_of(data), address_of(observations)
    count = 0
    for n in range(len(sightings)):
        if n + SIGHTINGS_AHEAD < len(sightings):
            coming = sightings[n + SIGHTINGS_AHEAD]
            prefetch(data_at + signed(coming["start"]))
            prefetch(observations_at + observations.itemsize * signed(coming["observation"]))
        s = sightings[n]
        seen = observations[s["observation"]]
        d = signed(s["direction"])
        if seen["state"][d] & FOLLOWED and not seen["state"][d] & UPGRADING:
            sighting[count] = n
            protocol[count] = seen["protocol"][d]
            count += 1
            continue
        candidates = nominate(
            places,
            starts,
            rows,
            joined if s["pooled"] else frames,
            signed(s["start"]),
            signed(s["end"]),
            signed(s["finish"]),
            signed(s["context"]),
            found,
        )
        for c in range(candidates):
            sighting[count] = n
            protocol[count] = found[c]
            count += 1
    return count


@kernel
def group_by_protocol(protocol: Any, starts: Any, order: Any) -> None:
    """Sort the pairs by protocol, keeping their order within each.

    `order` (int64, one a pair) gets their numbers, `starts` (int64, one a protocol and one more) where each begins.
    """
    starts[:] = 0
    for k in range(len(protocol)):
        starts[protocol[k] + 1] += 1
    for number in range(1, len(starts)):
        starts[number] += starts[number - 1]
    for k in range(len(protocol)):
        order[starts[protocol[k]]] = k
        starts[protocol[k]] += 1
    for number in range(len(starts) - 1, 0, -1):
        starts[number] = starts[number - 1]
    starts[0] = 0


class Asker:
    """The probes of a run, with the kernels that were worth loading so far."""

    def __init__(self, probes: tuple[Probe, ...], in_haste: bool = False) -> None:
        """Load nothing yet; a protocol's number is its probe's place. In haste, no bundle is compiled."""
        self.probes = probes
        self._table: SignatureTable = signature_table(probes)
        self._bundles: dict[int, Callable[..., None]] = {}
        self._loops: dict[int, Callable[..., None]] = {}
        self._plain: dict[int, Callable[..., None]] = {}
        self._spent: dict[tuple[str, int], float] = {}
        self._patient: dict[int, float] = {}
        self._found = np.empty(MOST_CANDIDATES, np.int64)
        self._starts = np.zeros(len(probes) + 1, np.int64)
        self._room = np.empty((6, 0), np.int64)
        self._in_haste = in_haste

    def ask(
        self,
        data: NDArray[np.uint8],
        pool: NDArray[np.uint8],
        sightings: NDArray[np.void],
        observations: NDArray[np.void],
    ) -> Pairs:
        """Nominate candidates for every payload of `sightings`, and have their probes answer; until the next call."""
        most = len(sightings) * MOST_CANDIDATES
        if most > self._room.shape[1]:
            self._room = np.empty((6, most), np.int64)  # no page of it is touched before it is needed
        sighting, protocol, verdict, label_at, label_length, order = self._room
        count = nominate_all(*self._table, data, pool, sightings, observations, self._found, sighting, protocol)
        pairs = Pairs(sighting[:count], protocol[:count], verdict[:count], label_at[:count], label_length[:count])
        group_by_protocol(pairs.protocol, self._starts, order)
        begins, ends = self._starts[:-1].copy(), self._starts[1:]
        for number in np.flatnonzero(begins < ends).tolist():
            if number % BUNDLES not in self._bundles:
                chosen = order[begins[number] : ends[number]]
                begins[number] += self._answer(number, (data, pool, sightings, pairs), chosen)
        open_still = begins < ends
        for bundle, judge in self._bundles.items():
            if open_still[bundle::BUNDLES].any():
                judge(data, pool, sightings, pairs, order, begins, ends)
        return pairs

    def _answer(self, number: int, payloads: tuple[Any, ...], chosen: NDArray[np.int64]) -> int:
        """Have a probe answer about the `chosen` pairs, or load its bundle, which will; returns how many are answered.

        In plain Python while that takes less than to load, or to compile, a kernel.
        """
        done = 0
        if number not in self._loops:
            bundle = number % BUNDLES
            whole = not INTERPRETED and bundle_is_compiled(self.probes, bundle)
            account, patience = (("bundle", bundle), LOAD_S) if whole else (("probe", number), self._patience(number))
            begun = perf_counter()
            while done < len(chosen):
                if self._spent.get(account, 0.0) + (len(chosen) - done) * PLAIN_PAIR_S >= patience:
                    break
                if number not in self._plain:
                    self._plain[number] = plain_probe(self.probes[number])
                self._plain[number](*payloads, chosen[done : done + PLAIN_PAIRS])
                done = min(done + PLAIN_PAIRS, len(chosen))
                now = perf_counter()
                self._spent[account] = self._spent.get(account, 0.0) + now - begun
                begun = now
            if done == len(chosen):
                return done
            if whole or self._is_bundle_due(number):
                self._bundles[bundle] = compile_bundle(self.probes, bundle)
                return done
            self._loops[number] = compile_probe(self.probes[number])
        self._loops[number](*payloads, chosen[done:])
        return len(chosen)

    def _is_bundle_due(self, number: int) -> bool:
        """Say whether to compile a probe's bundle rather than the probe alone."""
        if self._in_haste or is_compiled(self.probes[number]):
            return False
        bundle = members(self.probes, number % BUNDLES)
        return sum(one in self._loops or is_compiled(self.probes[one]) for one in bundle) >= MOST_ALONE

    def _patience(self, number: int) -> float:
        """Seconds of plain Python in this run after which a kernel of a probe's own pays."""
        if number not in self._patient:
            probe = self.probes[number]
            compiled = INTERPRETED or is_compiled(probe)
            self._patient[number] = LOAD_S if compiled else max(PATIENCE_S - plain_seconds(probe), LOAD_S)
        return self._patient[number]

    def remember(self) -> None:
        """Note what plain Python took in this run, for later ones."""
        for (kind, number), seconds in self._spent.items():
            if kind == "probe" and seconds >= WORTH_NOTING_S and number not in self._loops:
                note_plain(self.probes[number], seconds)
        self._spent.clear()
