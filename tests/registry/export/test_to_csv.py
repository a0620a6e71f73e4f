"""IANA's CSV again: nothing that the registry holds is lost on the way."""

import dataclasses
from pathlib import Path

from annotator.registry.export import export
from annotator.registry.forms.recognise import read_form
from annotator.registry.registry import Registry


def test_the_snapshot_exported_and_imported_again_is_the_same(embedded: Registry) -> None:
    """Every fact that it holds; what it does not hold comes back as nothing."""
    found = read_form(export(embedded, "csv")[""], "x")
    assert not found.oddities
    held = [dataclasses.replace(r, assignee=None, contact=None, notes=None) for r in found.records]
    assert held == list(embedded.records)


def test_a_whole_registry_exported_and_imported_again_is_the_same(full: Registry) -> None:
    """With notes and contacts."""
    assert read_form(export(full, "csv")[""], "x").records == list(full.records)


def test_the_file_has_ianas_titles_and_line_ends(iana: Path, full: Registry) -> None:
    """The first line is IANA's own; records end in CRLF."""
    data = export(full, "csv")[""]
    assert data.split(b"\r\n")[0] == (iana / "iana-2026-04-24.csv").read_bytes().split(b"\r\n")[0]
    assert data.count(b"\r\n") == 14534
