"""What is added, gone and changed between two sides."""

from dataclasses import replace

from annotator.difference.difference import Change, Table, compare
from annotator.difference.side import side_of_report
from annotator.difference.wording import where
from annotator.report.report import Report
from tests.difference.sides import AFTER, BEFORE, difference
from tests.report.synthetic import flow, make_analysis, shows


def names(table: Table | None) -> tuple[list[str], list[str], list[tuple[str, tuple[str, ...]]]]:
    assert table is not None
    return (
        [where(row) for row in table.added],
        [where(row) for row in table.gone],
        [(where(change.after), change.fields) for change in table.changed],
    )


def test_services_and_endpoints_are_compared() -> None:
    """By port, and by responder and port; what was tried in vain is neither added nor gone."""
    found = difference(BEFORE, AFTER)
    assert names(found.services) == (
        ["7214/tcp"],
        ["22/tcp (ssh)"],
        [("443/tcp (https)", ("observed", "volume")), ("53/udp (domain)", ("volume",))],
    )
    assert names(found.endpoints) == (
        ["10.0.0.8 443/tcp (https)", "10.0.0.10 7214/tcp"],
        ["10.0.0.9 22/tcp (ssh)"],
        [("10.0.0.9 443/tcp (https)", ("observed", "volume")), ("10.0.0.10 53/udp (domain)", ("volume",))],
    )
    assert found.notes == []


def test_the_same_is_no_difference() -> None:
    """And backwards, what was added is gone."""
    same = difference(AFTER, AFTER[::-1])
    assert not same.services
    assert not same.endpoints
    there, back = difference(BEFORE, AFTER).services, difference(AFTER, BEFORE).services
    assert (there.added, there.gone) == (back.gone, back.added)
    assert [Change(one.fields, one.after, one.before) for one in back.changed] == there.changed


def test_volume_counts_from_a_factor() -> None:
    """More of it or less; 0 is never."""
    more = [flow(initiator_bytes=1000, responder_bytes=0)], [flow(initiator_bytes=2999, responder_bytes=0)]
    for pair in (more, more[::-1]):
        assert difference(*pair, factor=2.0).services.changed
        assert not difference(*pair, factor=3.0).services.changed
        assert not difference(*pair, factor=0).services.changed


def test_a_status_that_differs_is_a_change() -> None:
    """Two registries may say different things of one port."""
    side = side_of_report(Report(make_analysis([flow(port=7214)])), "x")
    other = replace(
        side,
        registry={"updated": "2020-01-01", "sha256": "f" * 64},
        services={key: row | {"status": "assigned"} for key, row in side.services.items()},
    )
    found = compare(other, side)
    assert [change.fields for change in found.services.changed] == [("status",)]
    assert found.notes[0].startswith("different registries: 2020-01-01 (ffffffffffff…) before")


def test_what_bounds_the_comparison_is_said() -> None:
    """Parts that were not read, other settings, other spans, no endpoints."""
    short = side_of_report(Report(make_analysis([flow(), flow(at_s=60)], options={"filter": "tcp"})), "short")
    long = side_of_report(Report(make_analysis([flow(), flow(at_s=600)])), "long")
    notes = " ".join(compare(replace(short, complete=False), replace(long, endpoints=None)).notes)
    for words in (
        "short was not read to its end",
        "long does not list its endpoints",
        "--filter",
        "61 seconds and 601",
    ):
        assert words in notes
    assert compare(short, replace(long, endpoints=None)).endpoints is None


def test_announced_ports_are_no_services() -> None:
    """Where endpoints are known, a port of a data channel is left out of the services too."""
    rows = [*BEFORE, flow(responder="10.0.0.9", port=50001, related_to=0, **shows("tls"))]
    assert not difference(BEFORE, rows).services
