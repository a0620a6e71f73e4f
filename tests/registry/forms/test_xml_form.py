"""IANA's XML: the same records as the CSV, and the date, the people and the footnotes besides."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import RegistryError
from annotator.registry.forms.xml_form import looks_like_xml, read_xml
from annotator.registry.record import Record
from annotator.registry.registry import Registry

from ..making import refusal

HEAD = '<?xml version="1.0"?><registry xmlns="http://www.iana.org/assignments" id="service-names-port-numbers">'


def xml(body: str) -> bytes:
    return f"{HEAD}{body}</registry>".encode()


def test_the_xml_of_a_date_gives_the_records_of_its_csv(full: Registry, csv_records: list[Record]) -> None:
    """All 14,533, field by field."""
    assert list(full.records) == csv_records


def test_the_xml_states_what_the_csv_does_not(full: Registry) -> None:
    """The date, 5,615 people with their addresses, and the footnote on experiments."""
    assert (full.info.updated, full.info.updated_basis) == ("2026-08-17", "stated")
    assert len(full.annex.people) == 5615
    assert str(full.annex.people["ABB"]) == "ABB, mailto:adam.noren@se.abb.com"
    assert full.annex.footnotes["1"].startswith("It is only appropriate to use these values")


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        (
            "<note>by <xref type='person' data='A_B'/>, <xref type='rfc' data='rfc1'/></note>",
            "notes",
            "by [A_B], [RFC1]",
        ),
        ("<description>a<br/><br/>b</description>", "description", "a b"),
        ("<note><paragraph>one</paragraph><paragraph>two</paragraph></note>", "notes", "one two"),
        ("<xref type='person' data='A_B'/>", "assignee", "[A_B]"),
        ("<xref type='person' data='A_B'/>", "contact", "[A_B]"),
        ("<assignee><xref type='person' data='C'/></assignee><xref type='person' data='A'/>", "assignee", "[C]"),
        ("<xref type='draft' data='draft-x-01' section='4.3'/>", "reference", "[draft-x-01, Section 4.3]"),
        ("<xref type='uri' data='https://x.example'>A title</xref>", "reference", "[A title]"),
        ("<xref type='text'>some words</xref>", "reference", "[some words]"),
        ("<xref type='note' data='1'/><xref type='rfc' data='rfc4727'/>", "reference", "[1][RFC4727]"),
        ("<unauthorized>used</unauthorized>", "unauthorized_use", "used"),
        ("<sc>7107696</sc>", "service_code", "7107696"),
    ],
)
def test_elements_become_the_fields_of_the_csv(body: str, field: str, expected: str) -> None:
    """As IANA itself renders them."""
    (record,) = read_xml(xml(f"<record>{body}</record>"), "x").records
    assert getattr(record, field) == expected


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (xml("<record/>")[:-5], "cut short"),
        (b"<registry id='protocol-numbers'/>", "not IANA's registry of port numbers"),
        (HEAD.replace("<registry", "<!DOCTYPE r [<!ENTITY a 'b'>]><registry").encode(), "document type"),
        (xml("<a>" * 50 + "</a>" * 50), "nested too deeply"),
        (xml("<record><number>70000</number></record>"), "record 1: '70000' exceeds"),
        (b"<?xml version='1.0' encoding='utf-7'?><registry/>", "damaged"),
    ],
    ids=["cut short", "another registry", "entities", "nested", "a bad port", "an unknown encoding"],
)
def test_a_damaged_file_is_one_clear_error(data: bytes, words: str) -> None:
    """It names the file."""
    with pytest.raises(RegistryError, match=r"my\.xml") as caught:
        read_xml(data, "my.xml")
    assert words in str(caught.value)


@given(st.binary(max_size=100), st.integers(0, 400))
def test_any_bytes_give_records_or_one_clear_error(junk: bytes, place: int) -> None:
    """Never anything else."""
    whole = xml("<record><name>x</name><number>7</number><note>n<br/>m</note></record>")
    assert "\n" not in refusal(lambda: read_xml(whole[:place] + junk + whole[place:], "x"))


def test_html_is_not_taken_for_xml(iana: Path) -> None:
    """An error page of a server may begin as XML does."""
    assert looks_like_xml((iana / "iana-2026-08-17.xml").read_text("utf-8")[:500])
    assert not looks_like_xml('<?xml version="1.0"?><!DOCTYPE html><html>')
