"""The objects that JSON output is made of: their members are public names."""

from datetime import date

import pytest

from annotator.registry.as_dict import answer_dict, diff_dict, record_dict, site_dict
from annotator.registry.diff import compare
from annotator.registry.lookup import lookup, parse_query
from annotator.registry.notice import APPLY_URL, NOTICE
from annotator.registry.registry import Registry
from annotator.registry.site import SiteEntry

from .making import record, registry_of

DAY = date(2026, 5, 4)
SERVICE = {
    "name",
    "description",
    "transport",
    "port_range",
    "registration_date",
    "modification_date",
    "reference",
    "service_code",
    "unauthorized_use",
    "alias_of",
    "well_formed",
    "facts",
}


def asked(registry: Registry, text: str) -> dict[str, object]:
    (answer,) = lookup(registry, parse_query(text))
    return answer_dict(answer, registry, (), DAY)


def test_the_members_of_a_lookup(embedded: Registry) -> None:
    """Those of the schema, and provenance, the rule of registration, site names and the notice besides."""
    made = asked(embedded, "8077/tcp")
    assert {
        name: made[name] for name in ("port", "transport", "range_class", "status", "status_detail", "service")
    } == {
        "port": 8077,
        "transport": "tcp",
        "range_class": "user",
        "status": "reserved",
        "status_detail": "de-assigned 2024-01-05",
        "service": "",
    }
    (service,) = made["services"]  # type: ignore[misc]
    assert set(service) == SERVICE
    assert service["modification_date"] == "2024-01-05"
    assert APPLY_URL in str(made["registration"])
    assert made["registry"] == {"updated": "2026-08-17", "sha256": embedded.info.sha256}
    assert made["caveat"] == NOTICE


@pytest.mark.parametrize(("text", "port"), [("443/tcp", 443), ("7203-7214/udp", "7203-7214"), ("argus", None)])
def test_a_port_is_a_number_a_range_is_a_text(embedded: Registry, text: str, port: object) -> None:
    """And a name without a port has none."""
    assert asked(embedded, text)["port"] == port


def test_what_the_source_holds_besides(full: Registry) -> None:
    """Notes, contacts, and what its identifiers stand for."""
    (service,) = asked(full, "9878/udp")["services"]  # type: ignore[misc]
    assert set(service) - SERVICE == {"notes", "assignee", "contact", "identifiers"}
    assert service["identifiers"]["IESG"] == "IESG, mailto:iesg@ietf.org"


def test_doubtful_fields_are_named() -> None:
    """In records of the web page's text only."""
    made = record("x", "1")
    doubting = type(made)(**{f: getattr(made, f) for f in made.__slots__} | {"doubtful": ("notes",)})
    assert record_dict(doubting)["doubtful"] == ["notes"]
    assert "doubtful" not in record_dict(made)


def test_a_site_entry_as_of_a_day() -> None:
    """Expired or not."""
    entry = SiteEntry("intranet", ((80, 80),), ("tcp",), expires=date(2026, 5, 3))
    made = site_dict(entry, DAY)
    assert (made["name"], made["where"], made["expires"], made["expired"]) == ("intranet", "80/tcp", "2026-05-03", True)


def test_the_members_of_a_diff() -> None:
    """Lists keyed by name, port and transport; a changed entry has before, after and the fields that differ."""
    old = registry_of([record("x", "1", "tcp", "one"), record("gone", "2", "udp")])
    new = registry_of([record("x", "1", "tcp", "two"), record("come", "3", "udp")])
    made = diff_dict(compare(old, new))
    assert [(each["name"], each["port"], each["transport"]) for each in made["added"]] == [("come", "3", "udp")]
    assert [(each["name"], each["port"], each["transport"]) for each in made["removed"]] == [("gone", "2", "udp")]
    (change,) = made["changed"]
    assert (change["name"], change["port"], change["transport"], change["fields"]) == ("x", "1", "tcp", ["description"])
    assert (change["before"]["description"], change["after"]["description"]) == ("one", "two")
    assert made["caveat"] == NOTICE
