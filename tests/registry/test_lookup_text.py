"""Answers for a terminal."""

from datetime import date

import pytest

from annotator.registry.lookup import lookup, parse_query, search
from annotator.registry.lookup_text import answer_lines, closing_lines, found_lines
from annotator.registry.notice import APPLY_URL, NOTICE
from annotator.registry.people import Annex
from annotator.registry.registry import Registry
from annotator.registry.site import SiteEntry

from .making import record, registry_of

TODAY = date(2026, 11, 22)


def shown(registry: Registry, text: str, width: int = 100, site: tuple[SiteEntry, ...] = ()) -> str:
    answers = lookup(registry, parse_query(text))
    return "\n".join(
        line.plain for answer in answers for line in answer_lines(answer, registry.annex, site, TODAY, width)
    )


def test_the_first_line_says_what_the_port_is(embedded: Registry) -> None:
    """Number and transport first, the name beside it, then range class and status."""
    assert shown(embedded, "443/tcp").startswith("443/tcp (https)   system, assigned\n")
    assert shown(embedded, "8077/tcp").startswith("8077/tcp   user, reserved (de-assigned 2024-01-05)\n")
    assert shown(embedded, "80/tcp").startswith("80/tcp (http)   system, assigned; also www, www-http\n")
    assert shown(embedded, "50000/tcp").startswith("50000/tcp   dynamic, never assigned\n")
    assert shown(embedded, "716/tcp").startswith("716/tcp   system, not listed (assigned on udp only)\n")
    assert shown(embedded, "argus").startswith("no port/any transport (argus)   a service name without a port\n")


def test_all_that_the_registry_says_is_shown(full: Registry) -> None:
    """Dates, references, contacts with their names, footnotes, notes, unauthorised use."""
    text = shown(full, "1021/udp") + shown(full, "9878/udp") + shown(full, "6000/tcp") + shown(full, "9/dccp")
    for words in (
        "reference [1][RFC4727][RFC6335]",
        "[1] It is only appropriate to use these values",
        "registered 2012-07-12",
        "[IESG] IESG, mailto:iesg@ietf.org",
        'notes: Historically, this service has been referred to as "kca_service"',
        "unauthorized use: Known Unauthorized Use on port 6003",
        "service code 1145656131",
        "of 6000-6063",
    ):
        assert " ".join(words.split()) in " ".join(text.split())


def test_a_port_that_nobody_was_assigned_is_not_to_be_used(embedded: Registry) -> None:
    """It says so, and where to ask; an assigned one does not."""
    for text in ("7203/tcp", "8077/tcp", "716/tcp"):
        assert f"not to be used without registration with IANA: {APPLY_URL}" in shown(embedded, text)
    assert "registration" not in shown(embedded, "443/tcp")
    assert APPLY_URL not in shown(embedded, "50000/tcp")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_lines_fit_the_width(full: Registry, width: int) -> None:
    """Whatever the records hold."""
    for text in ("443/tcp", "1021", "126", "pon-ictp", "iax", "boe-cms", "4569"):
        assert max(map(len, shown(full, text, width).splitlines())) <= width
    lines = [*found_lines(full, search(full, "20"), "20", width), *closing_lines(full, width)]
    assert max(line.cell_len for line in lines) <= width


def test_doubtful_fields_are_marked() -> None:
    """With their names."""
    made = record("x", "1", "tcp", "text", registration_date="2001-01")
    made = type(made)(**{f: getattr(made, f) for f in made.__slots__} | {"doubtful": ("registration_date",)})
    assert "doubtful: registration date" in shown(registry_of([made]), "1/tcp")


def test_hostile_text_is_harmless() -> None:
    """Escape sequences, turned directions and markup are shown, not obeyed."""
    registry = registry_of([record("x\x1b[31m", "1", "tcp", "a\u202eb [bold]c[/bold] \x07")])
    text = shown(registry, "1/tcp")
    assert not {"\x1b", "\u202e", "\x07"} & set(text)
    assert "[bold]c[/bold]" in text


def test_site_names_stand_beside_the_registrys_word(embedded: Registry) -> None:
    """Never in its place; an expired one says so."""
    entry = SiteEntry("intranet", ((443, 443),), ("tcp",), owner="Web", expires=date(2020, 1, 1), note="old")
    lines = shown(embedded, "443/tcp", site=(entry,)).splitlines()
    assert lines[0] == "443/tcp (https)   system, assigned"
    assert lines[-1].strip() == "site: intranet (expired 2020-01-01, Web) · 443/tcp · old"


def test_what_a_search_found_elsewhere_is_shown(full: Registry) -> None:
    """The note that holds the text, where nothing that is shown does."""
    lines = [line.plain for line in found_lines(full, search(full, "surfpass"), "surfpass", 100)]
    assert lines[0].split() == ["5030/tcp", "reserved", "Reserved"]
    assert "notes Historic usage was surfpass. De-Assigned on 2022-01-10" in lines[1]
    assert lines[-1] == "2 records hold 'surfpass' in names, ports, descriptions, references and notes"


def test_a_search_without_notes_says_so(embedded: Registry) -> None:
    """And how to have them."""
    text = " ".join(line.plain for line in found_lines(embedded, [], "x", 100))
    assert "this registry holds no notes: for those, annotate registry update, or --registry FILE" in text


def test_the_closing_lines(embedded: Registry) -> None:
    """Which registry, which numbers need registration, and the notice word for word."""
    text = " ".join(" ".join(line.plain for line in closing_lines(embedded, 100)).split())
    assert "registry 2026-08-17 · 14,533 records · sha256 757d5969a623" in text
    assert (
        "System Ports (0-1023) and User Ports (1024-49151) are not to be used without or prior to registration" in text
    )
    assert APPLY_URL in text
    assert text.endswith(" ".join(NOTICE.split()))


def test_identifiers_are_explained_once() -> None:
    """What is not known stays in its brackets."""
    annex = Annex(footnotes={"1": "a footnote"})
    assert annex.explain("[1][RFC1]", None, "[1]") == {"1": "a footnote"}
