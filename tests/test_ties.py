"""The table that ties registry service names to protocols."""

import csv
from importlib import resources

import pytest

from annotator import ties
from annotator.evidence.probes import probes
from annotator.registry import load
from annotator.ties import tied_protocols

UNPROBED = {
    "beep",
    "bfd",
    "chargen",
    "daytime",
    "discard",
    "echo",
    "esp",
    "finger",
    "gopher",
    "ipp",
    "iscsi",
    "l2tp",
    "ldp",
    "lisp",
    "m2ua",
    "m3ua",
    "mysqlx",
    "nat-pmp",
    "ngap",
    "nrpe",
    "pcp",
    "pptp",
    "ptp",
    "rip",
    "s1ap",
    "sctp",
    "ssrp",
    "sua",
    "svn",
    "teredo",
    "time",
    "tpkt",
    "x2ap",
    "zabbix",
}
"""Protocols that services are tied to and no probe knows: anything confirmed on such a port does differ."""


def _rows() -> list[dict[str, str]]:
    with resources.files("annotator").joinpath(ties.TABLE).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_each_line_is_a_service_of_the_registry_with_protocols_and_a_reason() -> None:
    """Names are the registry's own, each stands once, in order, and has its reason."""
    names = {record.service_name.lower() for record in load().records}
    services = [row["service"] for row in _rows()]
    assert services == sorted(set(services))
    assert set(services) <= names
    for row in _rows():
        assert row["protocols"].split(), row
        assert row["reason"].strip(), row


def test_tied_protocols_are_ones_that_probes_can_show() -> None:
    """A tie to a word that no probe uses makes all that is observed there a disagreement: each such word is listed."""
    known = {probe.name for probe in probes()} | UNPROBED
    for row in _rows():
        assert set(row["protocols"].split()) <= known, row


@pytest.mark.parametrize(
    ("names", "protocol", "tied"),
    [
        (("https",), "tls", True),
        (("https",), "http", False),
        (("HTTPS",), "quic", True),
        (("http", "www", "www-http"), "http", True),
        (("urd", "submissions"), "tls", True),  # any name of the port counts
        (("intu-ec-svcdisc",), "http", False),  # not tied: not comparable
        (("wap-wsp",), "tls", False),
    ],
)
def test_a_port_is_tied_by_any_of_its_names(names: tuple[str, ...], protocol: str, tied: bool) -> None:
    """Service names are compared without case, and several on a port add up."""
    assert (protocol in tied_protocols(names)) is tied


def test_coverage_of_the_registry_is_known() -> None:
    """The share of assigned (transport, port) keys whose service is tied: small, and the ones that are used."""
    registry = load()
    table = registry.table("tcp")
    assigned = [registry.entries[entry] for entry in table.entry[table.status == 0]]
    covered = sum(bool(tied_protocols(entry.service_names)) for entry in assigned)
    assert covered / len(assigned) > 0.03
