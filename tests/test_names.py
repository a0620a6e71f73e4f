"""Names from the capture itself: the ladder, and that they never stand in an address's place."""

import json
import subprocess

import pytest

import annotator
from annotator.report.columns import BESIDE
from annotator.report.formats import FORMATS
from annotator.report.report import Report
from tests.cli.test_main import ANNOTATE, run
from tests.conftest import REPOSITORY

OFFICE = REPOSITORY / "samples" / "office.pcapng"


@pytest.fixture(scope="module")
def office() -> Report:
    """The main sample, whose desks ask a name server before they connect."""
    return annotator.annotate(OFFICE, resolve=True)


def test_flows_have_names_with_their_bases(office: Report) -> None:
    """What the client said comes first, then what it was told, then what others were told."""
    flows = office.flows
    named = flows[flows.responder_name.notna()]
    said = {
        (row.responder_addr, row.responder_port, row.transport): (row.responder_name, row.responder_name_basis)
        for row in named.itertuples()
    }
    assert said["10.0.4.22", 80, "tcp"] == ("www.example.org", "host")
    assert said["10.0.4.30", 49731, "tcp"] == ("files.example.org", "sni")
    assert said["10.0.4.9", 8077, "tcp"][0] == "db.example.org"
    assert said["10.0.4.9", 8077, "tcp"][1] in ("dns answer", "dns answer to others")
    assert (flows.responder_name.notna() == flows.responder_name_basis.notna()).all()
    plain = annotator.annotate(OFFICE).flows
    assert list(flows)[: len(plain.columns)] == list(plain)
    assert flows[list(plain)].equals(plain)


def test_the_port_in_a_host_is_no_part_of_the_name(office: Report) -> None:
    """``www.example.org:8020`` is the label; the name has no port."""
    row = office.flows[office.flows.responder_port == 8020].iloc[0]
    assert (row.observed_label, row.responder_name) == ("www.example.org:8020", "www.example.org")


def test_tables_have_the_responders_names(office: Report) -> None:
    """One where there is one responder, a list where there may be many; behind all other columns."""
    (redis,) = [row for row in office.unknown_ports if row["port"] == 8077]
    assert redis["responder_name"] == "db.example.org"
    assert list(redis)[-2:] == ["responder_name", "responder_name_basis"]
    (https,) = [row for row in office.services if row["port"] == 443]
    assert https["responder_name"][0] == "www.example.org"
    assert set(https["responder_name"]) >= {"cloud.example.org"}
    for table in (office.services, office.unknown_ports, office.disagreements, office.endpoints):
        assert [column.name for column in table.columns] == list(table[0])
    assert {row["responder_name"] for row in office.endpoints} >= {"infra.example.org", "bastion.example.org"}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_hold_them(office: Report, name: str) -> None:
    """None breaks; tables have the columns."""
    data = office.to_bytes(name, flows=True)
    assert data
    if name in ("csv", "tsv", "ndjson", "zeek"):
        assert all(column.encode() in data for column in BESIDE if "name" in column)


def test_narrowed_and_anonymised_they_stay_in_step(office: Report) -> None:
    """A part of the flows has the names of that part; without the key nobody reads them."""
    part = office.narrowed("unknown").flows
    whole = office.flows[office.flows.unknown_port]
    assert part.responder_name.tolist() == whole.responder_name.tolist()
    hidden = annotator.annotate(OFFICE, resolve=True, anonymize=b"a key for tests")
    assert hidden.flows.responder_name.notna().sum() == office.flows.responder_name.notna().sum()
    assert b"example" not in hidden.to_bytes("json", flows=True)


def test_what_cannot_be_read_again_says_so() -> None:
    """Standard input: names by clients only, and an issue."""
    words = [*ANNOTATE, "-", "--resolve", "--format", "json", "--flows"]
    made = json.loads(subprocess.run(words, input=OFFICE.read_bytes(), capture_output=True, check=True).stdout)
    bases = {flow["responder_name_basis"] for flow in made["flows"]}
    assert {"sni", "host"} <= bases <= {None, "sni", "host", "sni of others", "host of others"}
    assert "names_unread" in {issue["name"] for issue in made["issues"]}
    assert made["options"]["resolve"] is True


def test_a_filter_holds_for_names_too() -> None:
    """What the filter leaves out is not read for names either."""
    made = json.loads(
        run(OFFICE, "--resolve", "--format", "json", "--flows", "-f", "not port 53 and not port 12010").stdout
    )
    assert {flow["responder_name_basis"] for flow in made["flows"]} >= {"sni", "host"}
    assert "db.example.org" not in {flow["responder_name"] for flow in made["flows"]}


def test_without_the_option_nothing_changes() -> None:
    """No columns, no second reading."""
    assert not set(BESIDE) & set(annotator.annotate(OFFICE).flows)


def test_people_read_the_name_beside_the_address(office: Report) -> None:
    """On the terminal and in Markdown too, with its basis."""
    text = str(office)
    assert "10.0.4.9" in text
    assert "name: db.example.org (dns answer" in text
    plain = annotator.annotate(OFFICE)
    assert "name: " not in str(plain)
    assert "| 10.0.4.9 | db.example.org (dns answer" in office.to_markdown()
    assert "name and place" not in plain.to_markdown()
