"""Countries and networks from MaxMind databases."""

from contextlib import suppress
from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

import annotator
from annotator.errors import InputError
from annotator.model import Scope
from annotator.places import places
from tests.cli.test_main import run
from tests.conftest import REPOSITORY
from tests.report.synthetic import flow, make_flows

OFFICE = REPOSITORY / "samples" / "office.pcapng"


def database(path: Path, kind: str, rows: dict[str, dict[str, object]], version: int = 4) -> Path:
    """Write a database."""
    writer = MMDBWriter(ip_version=version, database_type=kind, ipv4_compatible=version == 6)
    for network, record in rows.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return path


@pytest.fixture
def country(tmp_path: Path) -> Path:
    """Countries as GeoLite2 has them."""
    rows = {
        "198.51.100.0/24": {"country": {"iso_code": "NL", "names": {"en": "Netherlands"}}},
        "10.0.0.0/8": {"country": {"iso_code": "XX"}},
    }
    return database(tmp_path / "country.mmdb", "GeoLite2-Country", rows)


@pytest.fixture
def asn(tmp_path: Path) -> Path:
    """Networks as GeoLite2 has them, IPv6 too."""
    rows = {
        "198.51.100.0/24": {"autonomous_system_number": 64500, "autonomous_system_organization": "=Example\x1b Org"},
        "2001:db8::/32": {"autonomous_system_number": 64501},
        "203.0.113.0/24": {"asn": "AS64502", "as_name": "Flat", "country": "DE"},
    }
    return database(tmp_path / "asn.mmdb", "GeoLite2-ASN", rows, 6)


def test_remote_ends_have_places(country: Path, asn: Path) -> None:
    """Both layouts, one database after the other; local ends have none, whatever a database says."""
    report = annotator.annotate(OFFICE, mmdb=[country, asn])
    flows = report.flows
    (place,) = {
        (row.responder_country, row.responder_asn)
        for row in flows.itertuples()
        if row.responder_addr == "198.51.100.80"
    }
    assert place == ("NL", "AS64500 =Example\\x1b Org")
    local = flows[flows.responder_scope == "local"]
    assert local.responder_country.isna().all()
    scanner = flows[flows.initiator_addr == "203.0.113.9"].iloc[0]
    assert (scanner.initiator_country, scanner.initiator_asn) == ("DE", "AS64502 Flat")
    (row,) = [row for row in report.endpoints if row["responder_addr"] == "198.51.100.80" and row["port"] == 80]
    assert row["responder_country"] == "NL"
    assert b"\"'=" not in report.to_bytes("csv")  # the cell begins with AS
    assert report.options["mmdb"] == [str(country), str(asn)]


def test_ipv6_and_databases_of_ipv4_only(country: Path, asn: Path) -> None:
    """A database that does not know IPv6 is not asked about it."""
    remote = {"initiator_scope": Scope.REMOTE, "responder_scope": Scope.REMOTE}
    flows = make_flows(
        [flow(initiator="2001:db8::1", responder="2001:db8::2", **remote), flow(responder="192.0.2.1", **remote)]
    )
    made = {one.column: one for one in places([str(country), str(asn)], flows)}
    assert made["responder_asn"].words == ["AS64501"]
    assert made["responder_asn"].codes.tolist() == [0, -1]
    assert made["responder_country"].codes.tolist() == [-1, -1]
    assert [one.codes.tolist() for one in places([str(asn)], make_flows([]))] == [[]] * 4


def test_what_is_no_database_is_one_line(country: Path, tmp_path: Path) -> None:
    """Missing, text, cut, turned upside down: said before the capture is read, or while it is asked."""
    bad = tmp_path / "bad.mmdb"
    for content in (None, b"", b"text", country.read_bytes()[:-100], country.read_bytes()[200:]):
        if content is not None:
            bad.write_bytes(content)
        made = run(OFFICE, "--mmdb", bad)
        assert (made.returncode, made.stderr.count("\n")) == (3, 1), content
        assert str(bad) in made.stderr
    whole = bytearray(country.read_bytes())
    survived = 0
    for place in range(0, len(whole) - 60, 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        bad.write_bytes(damaged)
        with suppress(InputError):
            places([str(bad)], make_flows([flow(responder="198.51.100.80", responder_scope=Scope.REMOTE)]))
            survived += 1
    assert survived
