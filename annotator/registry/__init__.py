"""IANA's port registry: every record, and what it says of each port.

Nothing here loads NumPy before a dense table is asked for, so that one lookup answers at once.
"""

from annotator.registry.entries import PortTable
from annotator.registry.entry import PortEntry
from annotator.registry.info import RegistryInfo
from annotator.registry.loading import load
from annotator.registry.notice import NOTICE
from annotator.registry.protocols import protocol_keyword
from annotator.registry.ranges import range_class
from annotator.registry.record import Record
from annotator.registry.registry import Registry

__all__ = [
    "NOTICE",
    "PortEntry",
    "PortTable",
    "Record",
    "Registry",
    "RegistryInfo",
    "load",
    "protocol_keyword",
    "range_class",
]
