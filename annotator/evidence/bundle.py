"""Bundles of probes, compiled together: one call asks all of a bundle, and loading it takes as long as two probes.

They are compiled ahead of time (``annotate --prepare``); without them each probe is compiled when it pays.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

from annotator.evidence.probe import Probe
from annotator.kernel.jit import Kernel, generated
from annotator.kernel.load import signed, view

BUNDLES: Final = 8
"""A dozen probes each: few enough that a small capture does not wait for what it has no use of."""

HEAD: Final = """
def judge_{bundle}(window, pool, sightings, pairs, order, begins, ends):
    frames, joined = view(window), view(pool)
"""
PART: Final = """
    for n in range(begins[{number}], ends[{number}]):
        k = order[n]
        s = sightings[pairs.sighting[k]]
        start, end, finish = signed(s["start"]), signed(s["end"]), signed(s["finish"])
        answer = function{place}(joined if s["pooled"] else frames, start, end, finish, signed(s["context"]))
        pairs.verdict[k] = answer[0]
        pairs.label_at[k] = answer[1]
        pairs.label_length[k] = answer[2]
"""


def members(probes: tuple[Probe, ...], bundle: int) -> list[int]:
    """Give the numbers of the probes in a bundle."""
    return list(range(bundle, len(probes), BUNDLES))


@cache
def compile_bundle(probes: tuple[Probe, ...], bundle: int) -> Callable[..., None]:
    """Compile a bundle, or load it from the cache.

    The kernel takes ``(window, pool, sightings, pairs, order, begins, ends)`` and asks probe number p of the bundle
    about the pairs ``order[begins[p]:ends[p]]``.
    """
    numbers = members(probes, bundle)
    parts = [PART.format(number=number, place=place) for place, number in enumerate(numbers)]
    functions = [probes[number].confirm for number in numbers]
    text = HEAD.format(bundle=bundle) + "".join(parts)
    judge: Callable[..., None] = generated(text, f"judge_{bundle}", *functions, view=view, signed=signed)
    return judge


@cache
def is_compiled(probes: tuple[Probe, ...], bundle: int) -> bool:
    """Say whether a bundle is in the cache."""
    judge = compile_bundle(probes, bundle)
    return isinstance(judge, Kernel) and judge.is_kept()
