"""What the registry said of ports, as text: each entry that a capture needs is cleaned once."""

from dataclasses import dataclass

from annotator.model import Analysis
from annotator.report.sanitize import clean_words


@dataclass(frozen=True, slots=True)
class Assignment:
    """A registry entry's words, harmless to show; ``""`` where the registry has none."""

    status_detail: str = ""
    service: str = ""
    service_names: tuple[str, ...] = ()
    unauthorized_use: str = ""
    port_range: str = ""


NO_ASSIGNMENT = Assignment()
"""Of what has no port, or no port registry."""


class Assignments:
    """The registry's entries by index, made into words when first asked for."""

    def __init__(self, analysis: Analysis) -> None:
        """Word the entries of the registry that `analysis` consulted."""
        self._entries = analysis.registry.entries
        self._known: dict[int, Assignment] = {-1: NO_ASSIGNMENT}

    def __getitem__(self, index: int) -> Assignment:
        """Give the words of entry `index`; -1 is the end without a port."""
        known = self._known.get(index)
        if known is None:
            entry = self._entries[index]
            known = self._known[index] = Assignment(
                clean_words(entry.status_detail),
                clean_words(entry.service),
                tuple(clean_words(name) for name in entry.service_names),
                clean_words(entry.unauthorized_use, 1000),
                entry.port_range,
            )
        return known
