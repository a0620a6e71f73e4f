"""Status and facts from the prose of the registry, quirk by quirk."""

from collections import Counter

import pytest

from annotator.registry.facts import FACTS_MARK, facts_of, row_status
from annotator.registry.record import Record, RowStatus


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Unassigned", RowStatus.UNASSIGNED),
        ("unassigned", RowStatus.UNASSIGNED),
        ("Unassigned [was netstat]", RowStatus.UNASSIGNED),
        ("(unassigned) Possibly assigned", RowStatus.UNASSIGNED),
        ("Unassigned (FRP-Released 12/7/00)", RowStatus.UNASSIGNED),
        ("Reserved", RowStatus.RESERVED),
        ("Reserved - IANA", RowStatus.RESERVED),
        ("IANA Reserved", RowStatus.RESERVED),
        ("", RowStatus.RESERVED),
        ("De-registered", RowStatus.WITHDRAWN),
        ("Removed", RowStatus.WITHDRAWN),
        ("Deprecated", RowStatus.WITHDRAWN),
        ("De-Commissioned Port", RowStatus.WITHDRAWN),
        ("Decomissioned Port 04/14/00, ms", RowStatus.WITHDRAWN),
        ("any private mail system", RowStatus.NAMELESS_USE),
        ("any private RJE service", RowStatus.NAMELESS_USE),
        ("Possibly used by Sun Solaris????", RowStatus.NAMELESS_USE),
    ],
)
def test_the_status_of_a_record_without_a_name(description: str, expected: RowStatus) -> None:
    """It stands in the description."""
    assert row_status("", description) is expected


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("discard", "Discard"),
        ("stun-behaviors", "Reserved for a future enhancement of STUN-BEHAVIOR"),
        ("x", "Removed"),
    ],
)
def test_a_named_record_is_an_assignment_whatever_its_description_says(name: str, description: str) -> None:
    """A status is never read off a named row."""
    assert row_status(name, description) is RowStatus.ASSIGNED


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ("De-Assigned on 2024-01-05.", ("de-assigned 2024-01-05",)),
        (
            "De-assigned on 2025-02-13, previously compressnet by [Bernie_Volz]",
            ("de-assigned 2025-02-13", "formerly compressnet"),
        ),
        ("Historic usage was surfpass. De-Assigned on 2022-01-10", ("de-assigned 2022-01-10", "formerly surfpass")),
        ("This entry is being removed on 2013-05-24.", ("being removed 2013-05-24",)),
        ("This entry has been removed on 2017-05-18.", ("removed 2017-05-18",)),
        ("This port has been removed on 2015-06-16.", ("removed 2015-06-16",)),
        ("This port was previously removed on 2007-04-05.", ("removed 2007-04-05",)),
        ("(Removed 2004-2-6)", ("removed 2004-02-06",)),
        ('port 3001 previously "Removed on 2006-05-25"', ("removed 2006-05-25",)),
        ("De-registered 08 June 2001", ("de-registered 2001-06-08",)),
        (
            "Previously assigned to NETCONF over SOAP but released by [RFC9900]",
            ("released by RFC9900", "formerly NETCONF over SOAP"),
        ),
        (
            "Previously assigned to NETCONF over BEEP but released by [RFC 9900]",
            ("released by RFC9900", "formerly NETCONF over BEEP"),
        ),
        ('"pcp" assignment withdrawn, moved to port 5351 per RFC6887', ("formerly pcp",)),
        ("Microsoft (unoffically) using 1895", ("unofficial use by Microsoft",)),
        ("Compuserve (unoffically) is using port 4144", ("unofficial use by Compuserve",)),
        ('This entry is an alias to "whoispp". This entry is now historic.', ("alias of whoispp",)),
        ('This is a duplicate of the "http" service and should not be used', ("duplicate of http",)),
        ("This entry records an unassigned but widespread use (added 5/21/97)", ("widespread use",)),
        ("This service name is no longer in use.", ("name no longer in use",)),
        ("<== NOTE Conflict on 2049 !", ("conflict",)),
        ("(previous contact was[Christopher_Allen])", ()),
        ("Defined TXT keys: u=<username>", ()),
        ("", ()),
    ],
)
def test_the_facts_in_notes(notes: str, expected: tuple[str, ...]) -> None:
    """Each turn of phrase of the registry gives its fact."""
    assert facts_of("", notes) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ('whois++ IANA assigned this well-formed service name as a replacement for "whois++".', ("replaces whois++",)),
        ("Unassigned [was netstat]", ("formerly netstat",)),
        ("Unassigned (FRP-Released 12/7/00)", ("released 2000-12-07",)),
        ("(unassigned) Possibly assigned", ("possibly assigned",)),
        ("RFC3692-style Experiment 1", ("for experiments",)),
        ("World Wide Web HTTP", ()),
    ],
)
def test_the_facts_in_descriptions(description: str, expected: tuple[str, ...]) -> None:
    """Some facts stand in the description."""
    assert facts_of(description, "") == expected


def test_marked_facts_are_taken_as_they_are() -> None:
    """A CSV exported from a snapshot without notes lists the facts themselves."""
    assert facts_of("whatever", FACTS_MARK + "alias of x; removed 2001-02-03") == ("alias of x", "removed 2001-02-03")


def kinds(records: list[Record], *wanted: str) -> Counter[str]:
    """Count the records that state each of the facts."""
    return Counter({kind: sum(record.fact(kind) is not None for record in records) for kind in wanted})


def test_how_often_the_newest_registry_states_each_fact(csv_records: list[Record]) -> None:
    """184 legacy aliases, 13 widespread uses."""
    assert kinds(csv_records, "alias of", "widespread use") == {"alias of": 184, "widespread use": 13}


def test_each_date_of_de_assignment_is_read(csv_records: list[Record]) -> None:
    """17 notes speak of it: 16 with a date, on Reserved rows, and one of a name that was assigned again."""
    speaking = [record for record in csv_records if "de-assigned" in (record.notes or "").lower()]
    dated = [record for record in speaking if record.fact("de-assigned")]
    assert (len(speaking), len(dated)) == (17, 16)
    assert {record.row_status for record in dated} == {RowStatus.RESERVED}
    (other,) = (record for record in speaking if record not in dated)
    assert other.service_name
    assert "re-assigned" in (other.notes or "")


def test_removals_stand_on_reserved_rows(csv_records: list[Record]) -> None:
    """7 records are "being removed", 11 have "been removed", and all are Reserved."""
    being = [record for record in csv_records if "is being removed" in (record.notes or "")]
    been = [record for record in csv_records if "has been removed" in (record.notes or "")]
    assert (len(being), len(been)) == (7, 11)
    assert {record.row_status for record in being + been} == {RowStatus.RESERVED}
    assert all(record.fact("being removed") for record in being)
    assert all(record.fact("removed") for record in been)


def test_each_alias_has_a_name_that_replaces_it(csv_records: list[Record]) -> None:
    """The new name's description says which spelling it replaces."""
    replaced = {(record.service_name, record.fact("replaces")) for record in csv_records}
    for alias in csv_records:
        if alias.alias_of:
            assert (alias.alias_of, alias.service_name) in replaced


def test_the_oddities_of_the_status_column(csv_records: list[Record]) -> None:
    """33 of the nameless rows are neither plainly Unassigned nor plainly Reserved."""
    nameless = [record for record in csv_records if not record.service_name]
    words = Counter(record.description for record in nameless)
    assert (words["Unassigned"], words["Reserved"]) == (883, 808)
    odd = {word: count for word, count in words.items() if word not in ("Unassigned", "Reserved")}
    assert sum(odd.values()) == 33
    assert (odd["De-registered"], odd["unassigned"], odd["Removed"]) == (5, 3, 3)
    assert sum(count for word, count in odd.items() if word.startswith("any private")) == 14
