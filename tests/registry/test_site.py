"""Site names: matched by port, range, transport, address and day, and never taken for assignments."""

from datetime import date
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.errors import SiteError
from annotator.registry.ranges import TRANSPORTS
from annotator.registry.registry import Registry
from annotator.registry.site import Site, SiteEntry, load_de_facto, load_site, load_sites
from annotator.words import Status

from .making import names

DAY = date(2026, 5, 4)
HERE = ip_address("10.0.4.17")


def entry(name: str, first: int, last: int | None = None, **others: object) -> SiteEntry:
    fields: dict[str, object] = {"ports": ((first, last or first),), "transports": ("tcp",), **others}
    return SiteEntry(name, **fields)  # type: ignore[arg-type]


def matched(site: Site, port: int, address: object = HERE, transport: str = "tcp") -> list[str]:
    return [found.name for found in site.match(transport, port, address, DAY)]  # type: ignore[arg-type]


def test_ports_ranges_and_transports() -> None:
    """An entry holds for its ports on its transports."""
    site = Site([entry("one", 80), entry("many", 8000, 8010), entry("all", 80, transports=TRANSPORTS)])
    assert matched(site, 80) == ["one", "all"]
    assert matched(site, 8010) == ["many"]
    assert matched(site, 8011) == []
    assert matched(site, 80, transport="udp") == ["all"]


def test_an_entry_with_networks_holds_in_them_alone() -> None:
    """IPv4 and IPv6; where the address is not known, it holds nowhere."""
    site = Site(
        [entry("four", 80, networks=(ip_network("10.0.4.0/24"),)), entry("six", 80, networks=(ip_network("fd00::/8"),))]
    )
    assert matched(site, 80) == ["four"]
    assert matched(site, 80, ip_address("10.0.5.17")) == []
    assert matched(site, 80, ip_address("fd00::1")) == ["six"]
    assert matched(site, 80, None) == []


def test_the_order_of_several() -> None:
    """Those that hold before those that expired, the address's own before the rest, the narrower before the wider."""
    site = Site(
        [
            entry("gone", 80, expires=date(2026, 5, 3)),
            entry("wide", 1, 100),
            entry("narrow", 80),
            entry("own", 1, 1000, networks=(ip_network("10.0.4.17/32"),)),
        ]
    )
    assert matched(site, 80) == ["own", "narrow", "wide", "gone"]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=8), st.integers(0, 99))
def test_a_port_has_the_entries_whose_ranges_hold_it(spans: list[tuple[int, int]], port: int) -> None:
    """Whatever the ranges."""
    site = Site([entry(str(i), min(span), max(span)) for i, span in enumerate(spans)])
    expected = {str(i) for i, span in enumerate(spans) if min(span) <= port <= max(span)}
    assert set(matched(site, port)) == expected


def test_an_entry_of_overlapping_ranges_matches_once() -> None:
    """However often its ranges hold the port."""
    assert matched(Site([entry("x", 80, ports=((80, 80), (70, 90)))]), 80) == ["x"]


def test_expiry_is_judged_by_the_day_that_is_given() -> None:
    """The last day still counts; afterwards the words say so."""
    made = entry("intranet", 80, owner="Web team", ticket="CHG-12", expires=DAY)
    assert made.words(DAY) == "intranet (Web team, CHG-12)"
    assert made.words(date(2026, 5, 5)) == "intranet (expired 2026-05-04, Web team, CHG-12)"
    assert entry("plain", 80).words(DAY) == "plain"


def test_where_an_entry_holds_is_written_as_ports_are() -> None:
    """Number and transport first."""
    made = entry("x", 80, ports=((80, 80), (90, 99)), transports=("tcp", "udp"), networks=(ip_network("10.0.0.0/8"),))
    assert made.where() == "80,90-99/tcp/udp at 10.0.0.0/8"


def test_entries_about_a_range_are_found_wherever_they_hold() -> None:
    """For a lookup, which knows no address."""
    site = Site([entry("x", 80, networks=(ip_network("10.0.0.0/8"),)), entry("y", 85, 95), entry("z", 200)])
    assert [found.name for found in site.overlapping("tcp", 80, 90)] == ["x", "y"]
    assert site.overlapping("udp", 80, 90) == []


# Files -----------------------------------------------------------------------------------------------------------


def test_the_form_of_a_file_is_told_by_its_content(tmp_path: Path) -> None:
    """TOML and services(5) syntax, whatever the name."""
    toml, services = tmp_path / "a", tmp_path / "b"
    toml.write_text('# a comment\n[[port]]\nname = "x"\nports = 80\n')
    services.write_text("# a = comment\nx 80/tcp\n")
    assert load_site(toml).entries[0].transports == TRANSPORTS
    assert load_site(services).entries[0].transports == ("tcp",)
    empty = tmp_path / "c"
    empty.write_text("\n# nothing yet\n")
    assert load_site(empty).entries == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x 80/tcp\n\xff\xfe\n", "line 2: not UTF-8"),
        (b"x" * (5 << 20), "larger than 4 MB"),
        (b"x 80/tcp\ny\n", "line 2"),
    ],
    ids=["not text", "too large", "a bad line"],
)
def test_a_bad_file_is_an_error_that_names_file_and_line(tmp_path: Path, data: bytes, words: str) -> None:
    """And what to do."""
    path = tmp_path / "names"
    path.write_bytes(data)
    with pytest.raises(SiteError) as caught:
        load_site(path)
    assert str(caught.value).startswith(str(path))
    assert words in str(caught.value)


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    """It names the file."""
    with pytest.raises(SiteError, match=r"none\.toml: cannot be read"):
        load_site(tmp_path / "none.toml")


def test_the_users_configuration_holds_when_no_file_is_named(own_folders: Path, tmp_path: Path) -> None:
    """site.toml, then services; a file that is named takes their place."""
    assert load_sites(()).entries == ()
    folder = own_folders / "config" / "annotator"
    folder.mkdir(parents=True)
    (folder / "services").write_text("second 81/tcp\n")
    (folder / "site.toml").write_text('[[port]]\nname = "first"\nports = 80\n')
    assert names(folder) == ["services", "site.toml"]
    assert [made.name for made in load_sites(()).entries] == ["first", "second"]
    other = tmp_path / "other"
    other.write_text("third 82/tcp\n")
    assert [made.name for made in load_sites([other]).entries] == ["third"]


# The shipped overlay -----------------------------------------------------------------------------------------------


def test_the_shipped_overlay_is_off_unless_asked_for() -> None:
    """Nothing of it stands in a site that nobody configured; its name turns it on."""
    assert load_sites(()).entries == ()
    assert load_sites(["de-facto"]).entries == load_de_facto().entries != ()


def test_well_known_uses_are_marked_and_have_a_source() -> None:
    """Every one, always."""
    for made in load_de_facto().entries:
        assert made.de_facto
        assert made.words(DAY) == f"de facto: {made.name}"
        assert made.source.startswith("https://")
        assert made.name.isprintable()


def test_well_known_uses_differ_from_the_registry(embedded: Registry) -> None:
    """None of them is what the registry itself says of the port, and none changes what it says."""
    for made in load_de_facto().entries:
        for first, last in made.ports:
            for port in range(first, last + 1):
                for transport in made.transports:
                    assert made.name not in embedded.entry(transport, port).service_names


def test_the_best_known_of_them() -> None:
    """Kafka on 9092 against XmlIpcRegSvc, WireGuard on a dynamic port."""
    site = load_de_facto()
    assert matched(site, 9092) == ["kafka"]
    assert matched(site, 51820, transport="udp") == ["wireguard"]
    assert matched(site, 6379) == []  # the registry itself says redis


def test_a_well_known_use_is_no_assignment(embedded: Registry) -> None:
    """The registry's word stands."""
    assert embedded.entry("tcp", 9092).service == "XmlIpcRegSvc"
    assert embedded.entry("udp", 51820).status is Status.DYNAMIC
    assert embedded.entry("tcp", 10250).status is Status.UNASSIGNED
