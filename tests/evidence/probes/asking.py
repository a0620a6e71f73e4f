"""Asks one probe about one payload, as the evidence room would; the payload's window ends where the payload does."""

from functools import cache
from typing import NamedTuple

import numpy as np

from annotator.evidence.probe import CONFIRMED, MORE, NO, SPECULATIVE, START, TCP, Probe
from annotator.evidence.signatures import MOST_CANDIDATES, SignatureTable, nominate, signature_table
from annotator.kernel.load import view

LEAD: int = 3
"""Foreign bytes before the payload, so that a probe which counts from 0 and not from its start is found out."""


class Said(NamedTuple):
    """A probe's answer, in words."""

    grade: int
    role: int
    basis: str
    label: str
    wishes: int = 0


def ask(probe: Probe, payload: bytes, context: int = TCP | START, wire_length: int | None = None) -> Said:
    """Ask `probe` about `payload`, which was `wire_length` bytes long on the wire; a load past its end raises."""
    data = np.frombuffer(b"\xa5" * LEAD + payload, np.uint8)
    finish = LEAD + (len(payload) if wire_length is None else wire_length)
    verdict, at, length = probe.confirm(view(data), LEAD, len(data), finish, context)
    if verdict & 3 <= MORE:
        return Said(verdict & 3, 0, "", "")
    assert length == 0 or LEAD <= at < at + length, "a label lies in the payload"
    raw = data[at : at + min(length, probe.label_bytes)].tobytes()
    label = (probe.label or (lambda text: text.decode("ascii", "backslashreplace")))(raw) if raw else ""
    return Said(verdict & 3, verdict >> 2 & 3, probe.bases[verdict >> 4 & 63], label, verdict >> 10)


@cache
def _table(probe: Probe) -> SignatureTable:
    return signature_table((probe,))


def nominated(probe: Probe, payload: bytes, context: int = TCP, wire_length: int | None = None) -> bool:
    """Say whether the real signature table names `probe` for `payload`."""
    data = np.frombuffer(payload, np.uint8)
    finish = len(payload) if wire_length is None else wire_length
    found = np.empty(MOST_CANDIDATES, np.int64)
    return bool(nominate(*_table(probe), view(data), 0, len(data), finish, context, found))


def confirms(probe: Probe, payload: bytes, context: int = TCP | START) -> bool:
    """Say whether `payload` is both nominated and confirmed."""
    return nominated(probe, payload, context) and ask(probe, payload, context).grade == CONFIRMED


def survives(probe: Probe, payload: bytes, context: int = TCP | START) -> None:
    """Ask about every beginning of `payload`, ended there and cut there by the snap length: no load leaves it."""
    for length in range(1, len(payload) + 1):
        for wire_length in (length, len(payload), len(payload) + 1000):
            said = ask(probe, payload[:length], context, max(wire_length, length))
            assert said.grade in {NO, MORE, SPECULATIVE, CONFIRMED}
