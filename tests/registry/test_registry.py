"""The registry as its users see it."""

import subprocess
import sys

import pytest

import annotator.registry
from annotator.errors import UsageError
from annotator.registry.people import Annex
from annotator.registry.registry import Registry

from .making import record, registry_of


def test_the_public_names() -> None:
    """What other rooms may use; a new name is a decision."""
    assert set(annotator.registry.__all__) == {
        "NOTICE",
        "PortEntry",
        "PortTable",
        "Record",
        "Registry",
        "RegistryInfo",
        "load",
        "protocol_keyword",
        "range_class",
    }
    for name in annotator.registry.__all__:
        assert hasattr(annotator.registry, name)


def test_nothing_heavy_is_imported_for_a_lookup() -> None:
    """One answer about one port, in a fresh interpreter, loads no NumPy and nothing of the kind."""
    code = (
        "import sys; from annotator.registry import load; load().entry('tcp', 443);"
        "print(sorted(set(sys.modules) "
        "& {'numpy', 'numba', 'pandas', 'pyarrow', 'rich', 'scapy', 'click', 'urllib.request', 'xml', 'csv'}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_transport_without_ports_is_a_clear_error(embedded: Registry) -> None:
    """The message names those that have some."""
    for ask in (embedded.table, lambda name: embedded.entry(name, 1), lambda name: embedded.covering(name, 1)):
        with pytest.raises(UsageError, match=r"icmp.*tcp, udp, sctp, dccp"):
            ask("icmp")


def test_a_table_is_built_once(embedded: Registry) -> None:
    """Asking again gives the same arrays."""
    assert embedded.table("sctp") is embedded.table("sctp")
    assert all(table is embedded.table(transport) for transport, table in embedded.tables().items())


def test_a_registry_without_an_annex_has_an_empty_one() -> None:
    """IANA's CSV and the embedded snapshot hold neither contacts nor footnotes."""
    assert registry_of([record("x", "1")]).annex == Annex()
