"""What several records say of one port together: the status, its detail, and the primary name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.registry.entry import STATUS_OF_ROW, make_entry
from annotator.registry.ranges import TRANSPORTS
from annotator.registry.record import Record
from annotator.registry.registry import Registry
from annotator.words import Status

from .making import PORT, drawn_records, record, registry_of


@pytest.mark.parametrize(
    ("port", "transport", "primary", "others", "rung"),
    [
        (80, "tcp", "http", {"www", "www-http"}, "1: duplicates are demoted"),
        (63, "tcp", "whoispp", {"whois++"}, "1: a legacy alias is demoted"),
        (3000, "tcp", "hbci", {"remoteware-cl"}, "1: a widespread use is demoted"),
        (888, "tcp", "accessbuilder", {"cddbp"}, "1: a widespread use is demoted"),
        (42, "udp", "nameserver", {"name"}, "3: preferred"),
        (1701, "udp", "l2tp", {"l2f"}, "3: preferred"),
        (2049, "tcp", "nfs", {"shilp"}, "4: the registry notes a conflict"),
        (465, "tcp", "submissions", {"urd"}, "5: an RFC defines it"),
        (512, "udp", "biff", {"comsat"}, "6: it is described"),
        (113, "tcp", "auth", {"ident"}, "6: it is described"),
        (631, "tcp", "ipp", {"ipps"}, "7: the registry's order"),
        (3478, "udp", "stun", {"turn", "stun-behavior"}, "7: the registry's order"),
        (5349, "udp", "stuns", {"turns", "stun-behaviors"}, "7: the registry's order"),
    ],
)
def test_the_primary_of_several_names(
    full: Registry, port: int, transport: str, primary: str, others: set[str], rung: str
) -> None:
    """One case for each rung of the ladder; every other name is kept."""
    entry = full.entry(transport, port)
    assert entry.service == entry.service_names[0] == primary, rung
    assert set(entry.service_names[1:]) == others


def test_rung_2_prefers_a_stated_transport_and_a_narrow_range() -> None:
    """Of two names that are both first-class, precedence chooses before the rungs below it."""
    wide = record("wide", "100-200", "tcp", "described", reference="[RFC1]")
    any_transport = record("any", "150", "", "described", reference="[RFC1]")
    assert make_entry([record("narrow", "150", "tcp"), wide, any_transport], ("tcp",)).service == "narrow"


def test_every_key_of_several_names_keeps_them_all(full: Registry) -> None:
    """226 single ports of tcp and udp have two names or more; 80, 3478 and 5349 have three."""
    named: dict[tuple[str, str], set[str]] = {}
    for each in full.records:
        if each.service_name and each.port_range.isdigit() and each.transport in ("tcp", "udp"):
            named.setdefault((each.transport, each.port_range), set()).add(each.service_name)
    several = {key: names for key, names in named.items() if len(names) > 1}
    assert len(several) == 226
    assert {int(port) for (_, port), names in several.items() if len(names) == 3} == {80, 3478, 5349}
    for (transport, port), names in several.items():
        assert set(full.entry(transport, int(port)).service_names) == names


def test_42_keys_are_truly_multi_named(full: Registry) -> None:
    """Of the keys with several names, 42 have more than one that is no legacy alias."""
    names: dict[tuple[str, str], list[Record]] = {}
    for each in full.records:
        if each.service_name and each.port_range.isdigit() and each.transport in ("tcp", "udp") and not each.alias_of:
            names.setdefault((each.transport, each.port_range), []).append(each)
    assert sum(len(records) > 1 for records in names.values()) == 42


@pytest.mark.parametrize(
    ("port", "transport", "status", "detail"),
    [
        (24, "tcp", Status.ASSIGNED, "nameless_use"),
        (1008, "udp", Status.ASSIGNED, "nameless_use"),
        (2905, "udp", Status.RESERVED, "withdrawn"),
        (1783, "sctp", Status.RESERVED, "withdrawn"),
        (9006, "tcp", Status.RESERVED, "withdrawn"),
        (8077, "tcp", Status.RESERVED, "de-assigned 2024-01-05"),
        (2, "tcp", Status.RESERVED, "de-assigned 2025-02-13; formerly compressnet"),
        (3980, "tcp", Status.RESERVED, "de-assigned 2020-12-29; formerly acms"),
        (832, "tcp", Status.RESERVED, "released by RFC9900; formerly NETCONF over SOAP"),
        (8699, "udp", Status.RESERVED, "being removed 2013-05-24; assigned on tcp only"),
        (15, "tcp", Status.UNASSIGNED, "formerly netstat"),
        (2825, "udp", Status.UNASSIGNED, "possibly assigned"),
        (2925, "tcp", Status.UNASSIGNED, "released 2000-12-07"),
        (1895, "tcp", Status.UNASSIGNED, "unofficial use by Microsoft"),
        (10020, "udp", Status.RESERVED, "assigned on tcp only"),
        (7420, "tcp", Status.RESERVED, "assigned on udp only"),
        (443, "dccp", Status.NOT_LISTED, "assigned on tcp, udp and sctp only"),
        (1021, "udp", Status.ASSIGNED, "for experiments"),
        (3000, "tcp", Status.ASSIGNED, "widespread use of remoteware-cl"),
        (443, "tcp", Status.ASSIGNED, ""),
        (4, "tcp", Status.UNASSIGNED, ""),
        (0, "tcp", Status.RESERVED, ""),
        (49151, "sctp", Status.RESERVED, ""),
        (716, "tcp", Status.NOT_LISTED, "assigned on udp only"),
        (49152, "tcp", Status.DYNAMIC, ""),
        (65535, "dccp", Status.DYNAMIC, ""),
    ],
)
def test_status_and_detail(full: Registry, port: int, transport: str, status: Status, detail: str) -> None:
    """Each item of the vocabulary, on a port that has it."""
    entry = full.entry(transport, port)
    assert (entry.status, entry.status_detail) == (status, detail)


@pytest.mark.parametrize(
    ("port", "transport", "status", "ports", "service"),
    [
        (7775, "tcp", Status.ASSIGNED, "7775", "inetfs"),  # against 7748-7776 Unassigned
        (7775, "udp", Status.RESERVED, "7775", ""),
        (7774, "tcp", Status.UNASSIGNED, "7748-7776", ""),
        (7997, "tcp", Status.ASSIGNED, "7997", "pushns"),  # against 7983-7997 Unassigned
        (7996, "tcp", Status.UNASSIGNED, "7983-7997", ""),
        (6667, "tcp", Status.ASSIGNED, "6665-6669", "ircu"),
        (6667, "udp", Status.RESERVED, "6665-6669", ""),
        (6400, "sctp", Status.ASSIGNED, "6400", "boe-cms"),  # any transport
        (6063, "udp", Status.ASSIGNED, "6000-6063", "x11"),
        (8203, "tcp", Status.UNASSIGNED, "8203", ""),  # written 8203-8203
        (7203, "dccp", Status.UNASSIGNED, "7203-7214", ""),
        (1500, "dccp", Status.NOT_LISTED, "", ""),
    ],
)
def test_overlaps_and_ranges(
    full: Registry, port: int, transport: str, status: Status, ports: str, service: str
) -> None:
    """Named over nameless, stated transport over none, narrow over wide; the range that decided is named."""
    entry = full.entry(transport, port)
    assert (entry.status, entry.port_range, entry.service) == (status, ports, service)


def test_different_services_on_tcp_and_udp_are_told_apart(full: Registry) -> None:
    """512 and 623 among them: 134 ports name different services on the two (RFC 7605 section 7.6)."""
    assert (full.entry("tcp", 512).service, full.entry("udp", 512).service) == ("exec", "biff")
    assert (full.entry("tcp", 623).service, full.entry("udp", 623).service) == ("oob-ws-http", "asf-rmcp")
    names = {
        transport: [full.entry(transport, port).service_names for port in range(49152)] for transport in ("tcp", "udp")
    }
    pairs = list(zip(names["tcp"], names["udp"], strict=True))
    assert sum(bool(tcp and udp) and not set(tcp) & set(udp) for tcp, udp in pairs) == 134


def test_ports_assigned_on_one_of_tcp_and_udp(full: Registry) -> None:
    """560 single ports by name on tcp and not on udp (and ircu's range of five), 173 the other way."""
    named = {
        transport: {port for port in range(49152) if full.entry(transport, port).service}
        for transport in ("tcp", "udp")
    }
    assert len(named["tcp"] - named["udp"] - set(range(6665, 6670))) == 560
    assert named["tcp"] - named["udp"] >= set(range(6665, 6670))
    assert len(named["udp"] - named["tcp"]) == 173


def test_unauthorized_use_is_kept_verbatim(full: Registry) -> None:
    """It may name a part of the row, or another port."""
    assert full.entry("tcp", 6010).unauthorized_use == "Known Unauthorized Use on port 6003"
    assert full.entry("udp", 80).unauthorized_use == ""
    assert full.entry("tcp", 79).unauthorized_use == "Unauthorized use by some mail users (see [RFC4146] for details)"


@given(st.lists(drawn_records(), min_size=1, max_size=12), PORT, st.sampled_from(TRANSPORTS))
def test_the_winner_decides_the_status(records: list[Record], port: int, transport: str) -> None:
    """For any records: the first by precedence below 49152, dynamic from there on, not listed where none covers."""
    registry = registry_of(records)
    entry = registry.entry(transport, port)
    covering = [records[i] for i in registry.covering(transport, port)]
    if port >= 49152:
        assert (entry.status, entry.service_names) == (Status.DYNAMIC, ())
    elif not covering:
        assert entry.status is Status.NOT_LISTED
    else:
        assert entry.status is STATUS_OF_ROW[covering[0].row_status]
        names = {each.service_name for each in covering if each.service_name}
        assert set(entry.service_names) == names
        assert len(entry.service_names) == len(names)
        assert bool(entry.service) == bool(names)
