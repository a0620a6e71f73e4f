"""Flows whose nDPI label their bytes show to be wrong: left out of the score, each with those bytes.

The bytes are looked up in the capture, so that no flow can be excused by a mere claim.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class NdpiError:
    """One label that is wrong."""

    capture: str
    flow: str
    """The answer's ``id``."""
    reason: str
    shown_by: bytes
    """Bytes of the flow's payload, found in the capture as they stand."""


NDPI_ERRORS: tuple[NdpiError, ...] = ()


@cache
def shown_wrong(shared: Path) -> frozenset[tuple[str, str]]:
    """Give (capture, flow) of the labels that are wrong; raises AssertionError where the bytes are not there."""
    for error in NDPI_ERRORS:
        assert error.shown_by in (shared / "captures" / error.capture).read_bytes(), error
    return frozenset((error.capture, error.flow) for error in NDPI_ERRORS)
