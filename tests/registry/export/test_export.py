"""Exporting: the forms, the selection by name, the head of text forms."""

import pytest

from annotator.errors import RegistryError
from annotator.registry.export import FORMS, comment_lines, export
from annotator.registry.notice import NOTICE
from annotator.registry.registry import Registry


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_files_the_same_bytes_each_time(embedded: Registry, form: str) -> None:
    """One file, but for the forms that have one for each service."""
    files = export(embedded, form, ["https", "x11"])
    assert files == export(embedded, form, ["https", "x11"])
    assert (list(files) == [""]) is not FORMS[form].one_file_a_service
    assert all(files.values())


@pytest.mark.parametrize("form", ["services", "nmap", "nftables", "firewalld"])
def test_text_forms_begin_with_provenance_and_notice(embedded: Registry, form: str) -> None:
    """As comments, and the notice word for word."""
    (data,) = export(embedded, form, ["https"]).values()
    words = " ".join(data.decode().replace("#", " ").split())
    assert f"IANA's port registry of 2026-08-17, 14533 records, sha256 {embedded.info.sha256}" in words
    assert " ".join(NOTICE.split()) in words


def test_names_limit_what_is_exported(embedded: Registry) -> None:
    """Upper and lower case alike."""
    text = export(embedded, "services", ["HTTPS"])[""].decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line.split()[1] for line in lines] == ["443/tcp", "443/udp", "443/sctp"]


def test_a_name_that_nothing_has_is_a_clear_error(embedded: Registry) -> None:
    """It is named."""
    with pytest.raises(RegistryError, match="'nonesuch'"):
        export(embedded, "csv", ["https", "nonesuch"])


def test_every_line_of_the_head_is_a_comment(embedded: Registry) -> None:
    """Whatever mark a form has for them."""
    assert all(line.startswith("//") for line in comment_lines(embedded, "//"))
