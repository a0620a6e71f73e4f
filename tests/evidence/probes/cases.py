"""What every probe's tests do with its examples: known both ways and cut anywhere, unknown with a byte changed."""

from dataclasses import dataclass

from annotator.evidence.probe import ANY_ROLE, CONFIRMED, MORE, SPECULATIVE, START, TCP, UDP, Probe
from tests.evidence.probes.asking import ask, nominated, survives

STREAM = TCP | START
DATAGRAM = UDP | START
MIDDLE = TCP
"""A stream that is joined in the middle."""


@dataclass(frozen=True, slots=True)
class Case:
    """A payload, and what the probe is to say of it."""

    payload: bytes
    context: int
    basis: str
    role: int = ANY_ROLE
    label: str = ""
    grade: int = CONFIRMED
    wishes: int = 0


def known(probe: Probe, case: Case) -> None:
    """See that `case` is nominated, and answered as it says; and that no cut of it leads a load past its end."""
    assert nominated(probe, case.payload, case.context)
    said = ask(probe, case.payload, case.context)
    assert (said.grade, said.basis, said.role, said.label) == (case.grade, case.basis, case.role, case.label)
    assert said.wishes == case.wishes
    survives(probe, case.payload, case.context)


def unknown(probe: Probe, payload: bytes, context: int, worst: int = SPECULATIVE) -> None:
    """See that `payload` is not confirmed (or is judged no better than `worst`)."""
    if nominated(probe, payload, context):
        assert ask(probe, payload, context).grade <= worst


def waits(probe: Probe, payload: bytes) -> None:
    """See that more of a stream is asked for where it ends with `payload`."""
    assert nominated(probe, payload, TCP)
    assert ask(probe, payload, STREAM).grade == MORE


__all__ = ["DATAGRAM", "MIDDLE", "STREAM", "Case", "known", "unknown", "waits"]
