"""Questions to the registry, and the search."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.errors import RegistryError, UsageError
from annotator.registry.loading import load
from annotator.registry.lookup import Answer, NameQuery, PortQuery, lookup, parse_query, search, searched_fields
from annotator.registry.ranges import TRANSPORTS, parse_ports
from annotator.registry.record import Record
from annotator.registry.registry import Registry
from annotator.words import RangeClass, Status

from .making import PORT, drawn_records, record, registry_of


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("8080", PortQuery(8080, 8080, TRANSPORTS)),
        ("443/tcp", PortQuery(443, 443, ("tcp",))),
        ("443/TCP", PortQuery(443, 443, ("tcp",))),
        ("7203-7214/udp", PortQuery(7203, 7214, ("udp",))),
        ("0-65535", PortQuery(0, 65535, TRANSPORTS)),
        ("ssh", NameQuery("ssh", TRANSPORTS)),
        ("ssh/tcp", NameQuery("ssh", ("tcp",))),
        ("914c/g", NameQuery("914c/g", TRANSPORTS)),
        ("sql*net", NameQuery("sql*net", TRANSPORTS)),
        ("EtherNet/IP-2", NameQuery("EtherNet/IP-2", TRANSPORTS)),
        ("3com-tsmux", NameQuery("3com-tsmux", TRANSPORTS)),
        ("1-2-3", NameQuery("1-2-3", TRANSPORTS)),
    ],
)
def test_what_is_asked_for(text: str, query: PortQuery | NameQuery) -> None:
    """Ports, ranges and names, with or without a transport."""
    assert parse_query(text) == query


@pytest.mark.parametrize("text", ["65536", "9-1", "443/", "443/icmp", "443/tcp/udp/", "", "  ", "999999/tcp"])
def test_what_cannot_be_asked_for_is_a_usage_error(text: str) -> None:
    """Or it is a name that nothing has."""
    with pytest.raises((UsageError, RegistryError)):
        lookup(registry_of([record("x", "1")]), parse_query(text))


def asked(registry: Registry, text: str) -> list[Answer]:
    return lookup(registry, parse_query(text))


def test_a_number_is_asked_on_all_transports(embedded: Registry) -> None:
    """One answer for each, in the registry's order."""
    answers = asked(embedded, "8077")
    assert [(answer.ports, answer.transport) for answer in answers] == [((8077, 8077), name) for name in TRANSPORTS]
    assert [answer.status for answer in answers] == [
        Status.RESERVED,
        Status.RESERVED,
        Status.NOT_LISTED,
        Status.NOT_LISTED,
    ]


def test_a_range_of_which_all_the_same_is_said_is_one_answer(embedded: Registry) -> None:
    """As the registry has it."""
    (answer,) = asked(embedded, "7203-7214/udp")
    assert (answer.ports, answer.status, answer.range_class) == ((7203, 7214), Status.UNASSIGNED, RangeClass.USER)


def test_a_mixed_range_is_answered_in_runs(embedded: Registry) -> None:
    """From the first port to the last, without gap or overlap."""
    answers = asked(embedded, "7770-7780/udp")
    spans = [answer.ports for answer in answers if answer.ports]
    assert (spans[0][0], spans[-1][1]) == (7770, 7780)
    assert [one[1] + 1 for one in spans[:-1]] == [other[0] for other in spans[1:]]
    assert [answer.service for answer in answers if answer.service] == ["cbt", "interwise", "vstat"]


@settings(deadline=None)
@given(st.lists(drawn_records(), min_size=1, max_size=10), PORT, PORT, st.sampled_from(TRANSPORTS))
def test_runs_say_what_each_port_says(records: list[Record], one: int, other: int, transport: str) -> None:
    """For any records and range: every port's answer is its own entry, and neighbours differ."""
    registry = registry_of(records)
    first, last = sorted((one, other))
    answers = lookup(registry, PortQuery(first, last, (transport,)))
    told = [(answer, port) for answer in answers if answer.ports for port in (answer.ports[0], answer.ports[1])]
    for answer, port in told:
        entry = registry.entry(transport, port)
        assert (answer.status, answer.status_detail, answer.service_names) == (
            entry.status,
            entry.status_detail,
            entry.service_names,
        )
        if port < 49152:
            assert set(answer.records) == {records[i] for i in registry.covering(transport, port)}
    spans = [answer.ports or (0, 0) for answer in answers]
    assert (spans[0][0], spans[-1][1]) == (first, last)
    assert [span[1] + 1 for span in spans[:-1]] == [span[0] for span in spans[1:]]


@pytest.mark.parametrize("name", ["ssh", "SSH", "Ssh"])
def test_a_name_is_found_on_every_port_that_carries_it(embedded: Registry, name: str) -> None:
    """Upper and lower case alike (RFC 6335 section 5.1)."""
    assert [(answer.ports, answer.transport) for answer in asked(embedded, name)] == [
        ((22, 22), "tcp"),
        ((22, 22), "udp"),
        ((22, 22), "sctp"),
    ]


def test_an_alias_is_found_and_its_name_is_primary(embedded: Registry) -> None:
    """The legacy spelling leads to the well-formed one."""
    for answer in asked(embedded, "whois++"):
        assert (answer.service, answer.records[0].service_name) == ("whoispp", "whoispp")
        assert answer.records[1].alias_of == "whoispp"


def test_a_name_for_any_transport_is_answered_on_all_four(embedded: Registry) -> None:
    """6400 boe-cms has no transport of its own."""
    assert [answer.transport for answer in asked(embedded, "boe-cms")] == list(TRANSPORTS)
    assert [answer.transport for answer in asked(embedded, "boe-cms/sctp")] == ["sctp"]


def test_a_name_that_left_its_port_is_found_there(embedded: Registry) -> None:
    """compressnet had 2 and 3; the name itself stays, without a port."""
    answers = asked(embedded, "compressnet")
    assert [answer.ports for answer in answers] == [(2, 2), (2, 2), (3, 3), (3, 3), None, None]
    assert answers[0].status_detail == "de-assigned 2025-02-13; formerly compressnet"
    assert answers[-1].status is Status.NONE
    assert answers[-1].range_class is RangeClass.NONE


def test_a_name_that_nothing_has_is_a_clear_error(embedded: Registry) -> None:
    """It says how to search, quoted for a shell."""
    with pytest.raises(RegistryError, match=r"'no such' in the registry of 2026-08-17.*--search 'no such'"):
        asked(embedded, "no such")


def test_the_search_for_20_is_the_seed_page(iana: Path) -> None:
    """726 records with a port, notes included; the 500th to the 600th are exactly the 101 rows of the page."""
    found = [answer for answer in search(load(iana / "iana-2025-09-29.csv"), "20") if answer.ports]
    assert len(found) == 726
    page = list(load(iana / "seed-rows.csv").records)
    assert [answer.records[0] for answer in found[499:600]] == page


def test_a_search_gives_each_record_in_order(full: Registry) -> None:
    """Alone, whatever else covers its ports; upper and lower case alike."""
    found = search(full, "KERBEROS")
    assert [answer.records[0] for answer in found] == [
        each
        for each in full.records
        if any(
            "kerberos" in text.lower()
            for text in (each.service_name, each.description, each.notes or "", each.reference)
        )
    ]
    assert found == search(full, "kerberos")


def test_a_search_in_the_snapshot_looks_into_no_notes(embedded: Registry, full: Registry) -> None:
    """And says so."""
    assert searched_fields(full) == ("service_name", "port_range", "description", "reference", "notes")
    assert "notes" not in searched_fields(embedded)
    assert len(search(full, "De-assigned on")) == 16
    assert search(embedded, "De-assigned on") == []


def test_a_search_for_nothing_is_a_usage_error(embedded: Registry) -> None:
    """Everything holds the empty text."""
    with pytest.raises(UsageError, match="empty"):
        search(embedded, "")


def test_all_rows_of_the_seed_page_are_found(iana: Path, embedded: Registry) -> None:
    """Each of the 101 comes out of a lookup of its own port, with every fact that the snapshot holds."""
    for row in load(iana / "seed-rows.csv").records:
        first, last = parse_ports(row.port_range) or (0, 0)
        for transport in (row.transport,) if row.transport else TRANSPORTS:
            (answer,) = lookup(embedded, PortQuery(first, last, (transport,)))
            (found,) = (each for each in answer.records if each.service_name == row.service_name)
            for field in embedded.records.fields:
                assert getattr(found, field) == getattr(row, field)
            assert answer.service == row.service_name
            assert answer.status.word == row.row_status
