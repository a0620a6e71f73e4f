"""What the payload shows: observations, found without ever looking at a port."""

from annotator.evidence.findings import Findings, find
from annotator.evidence.look import Observer

__all__ = ["Findings", "Observer", "find"]
