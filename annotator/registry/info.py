"""Where a registry came from: what every report says of the one that it consulted."""

from dataclasses import dataclass

from annotator.registry.notice import LICENCE


@dataclass(frozen=True, slots=True)
class RegistryInfo:
    """Provenance of a registry."""

    updated: str
    """``YYYY-MM-DD``; see :attr:`updated_basis`. ``""`` where the source tells no date at all."""
    sha256: str
    """Of IANA's source file, in hex: a version of the registry is known by it."""
    records: int
    source: str
    """A URL, or the path that the user typed."""
    updated_basis: str = "stated"
    """``stated``, or ``newest record`` where the source states no date (IANA's CSV): not older than that."""
    form: str = "csv"
    """Which of IANA's forms the source was: ``csv``, ``xml``, ``txt`` or ``page``."""
    licence: str = LICENCE
    remarks: tuple[str, ...] = ()
    """What was odd in the source, one line a kind."""
