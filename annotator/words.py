"""The words that the registry speaks, kept free of NumPy so that ``annotate lookup`` starts at once.

:mod:`annotator.model` holds all others and re-exports these; import them from there unless start-up counts.
"""

from enum import IntEnum


class Words(IntEnum):
    """A code with a word: the word is the member's name in lower case."""

    @property
    def word(self) -> str:
        """The public spelling, as it stands in reports."""
        return self.name.lower()

    @classmethod
    def words(cls) -> list[str]:
        """Every word, indexed by code (codes count from 0 without gaps)."""
        return [member.word for member in cls]


class RangeClass(Words):
    """RFC 6335 section 6."""

    SYSTEM = 0
    USER = 1
    DYNAMIC = 2
    NONE = 3
    """No port to speak of."""


class Status(Words):
    """What the registry says of a (transport, port)."""

    ASSIGNED = 0
    RESERVED = 1
    UNASSIGNED = 2
    NOT_LISTED = 3
    DYNAMIC = 4
    NONE = 5
    """No port, or a transport without a port registry."""
