"""What every report says of its registry."""

import dataclasses

import pytest

from annotator.registry.info import RegistryInfo
from annotator.registry.registry import Registry


def test_the_embedded_registrys_provenance(embedded: Registry) -> None:
    """IANA's file, by URL, date and hash."""
    info = embedded.info
    assert info.source == "https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.csv"
    assert (info.updated, info.updated_basis, info.records) == ("2026-08-17", "stated", 14533)
    assert info.sha256 == "757d5969a623680753269c420688fc01b050ce8dae9f47d90aab0a057f144dc8"
    assert info.licence == "CC0-1.0"


def test_provenance_does_not_change(embedded: Registry) -> None:
    """It is a value."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        embedded.info.updated = "2030-01-01"  # type: ignore[misc]
    assert embedded.info == RegistryInfo(**dataclasses.asdict(embedded.info))
