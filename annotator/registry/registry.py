"""The registry as its users see it: records, and what is said of each port, found when asked for."""

from collections.abc import Callable
from functools import cached_property
from typing import Final

from annotator.errors import UsageError
from annotator.registry.entries import Entries, Interned, PortTable, say, saying
from annotator.registry.entry import PortEntry
from annotator.registry.index import PortIndex
from annotator.registry.info import RegistryInfo
from annotator.registry.people import Annex
from annotator.registry.ranges import TRANSPORTS
from annotator.registry.rows import Rows


class Registry:
    """One version of the registry; cheap to make, each part is built when it is first asked for."""

    def __init__(self, info: RegistryInfo, rows: Rows, annex: Callable[[], Annex] = Annex) -> None:
        """Of ``rows``, which came from where ``info`` says, with an ``annex`` that is read when asked for."""
        self.info: Final = info
        """Where it came from."""
        self.records: Final = rows
        """Every record, in IANA's order."""
        self._read_annex: Final = annex
        self._tables: Final[dict[str, PortTable]] = {}

    @cached_property
    def annex(self) -> Annex:
        """Contacts and footnotes; empty where the source holds none (the embedded snapshot, IANA's CSV)."""
        return self._read_annex()

    @cached_property
    def index(self) -> PortIndex:
        """Which records cover which port."""
        column = self.records.column
        return PortIndex(column("service_name"), column("port_range"), column("transport"), column("row_status"))

    def covering(self, transport: str, port: int) -> list[int]:
        """Return the positions in :attr:`records` of those that cover a port (0-65535), by precedence."""
        return self.index.covering(self.index.segments.find(port), _known(transport))

    def entry(self, transport: str, port: int) -> PortEntry:
        """Return what is said of one port (0-65535), without building the dense tables.

        Raises:
            UsageError: the registry assigns no ports on this transport.
        """
        return say(self.records, saying(self.index, self.index.segments.find(port), _known(transport)))

    @cached_property
    def _interned(self) -> Interned:
        return Interned(self.index, self.records, self.records.column("row_status"))

    @property
    def entries(self) -> Entries:
        """What is said of ports, each distinct saying once; :attr:`PortTable.entry` indexes it."""
        return self._interned.entries

    def table(self, transport: str) -> PortTable:
        """Return the dense table of a transport (``tcp``, ``udp``, ``sctp``, ``dccp``).

        Raises:
            UsageError: the registry assigns no ports on this transport.
        """
        if _known(transport) not in self._tables:
            self._tables[transport] = self._interned.table(transport)
        return self._tables[transport]

    def tables(self) -> dict[str, PortTable]:
        """Return the dense tables of all transports, by their names."""
        return {transport: self.table(transport) for transport in TRANSPORTS}


def _known(transport: str) -> str:
    if transport not in TRANSPORTS:
        raise UsageError(f"the registry assigns no ports on {transport!r}: ask for {', '.join(TRANSPORTS)}")
    return transport
