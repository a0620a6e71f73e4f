"""Checking: what is new, gone and changed, and what is none of it."""

from typing import Any

import pytest

from annotator.model import DirectionBasis, Grade
from tests.baseline.checking import BEFORE, checked, report, some_of_each, toml
from tests.report.synthetic import flow, shows


def kinds(rows: list[dict[str, Any]], text: str | None = None, **options: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.where) for one in checked(rows, text, **options).deviations]


def test_the_same_traffic_keeps_the_baseline() -> None:
    """And the summary says how many services are as they should be."""
    found = checked(BEFORE)
    assert not found.violated
    assert found.deviations == []
    assert found.notes == []
    assert found.summary == "baseline kept: 4 of 4 expected services as they should be (baseline.toml)"


@pytest.mark.parametrize(
    ("row", "deviation"),
    [
        (flow(responder="10.0.0.7", port=22), ("new_responder", "10.0.0.7 22/tcp (ssh)")),
        (flow(responder="10.0.0.9", port=23), ("new_port", "10.0.0.9 23/tcp (telnet)")),
        (flow(responder="10.0.0.9", port=22, proto=17), ("new_port", "10.0.0.9 22/udp (ssh)")),
        (flow(responder="10.0.0.9", port=22, **shows("tls")), ("new_protocol", "10.0.0.9 22/tcp (ssh)")),
        (flow(responder="10.0.0.8", port=7214, **shows("ssh")), ("new_protocol", "10.0.0.8 7214/tcp")),
    ],
)
def test_what_is_added_is_told(row: dict[str, Any], deviation: tuple[str, str]) -> None:
    """A responder, a port of a known one, a transport, a protocol where there was another or none."""
    assert kinds([*BEFORE, row]) == [deviation]


@pytest.mark.parametrize(
    "row",
    [
        flow(responder="10.0.0.9", port=22, **shows("tls", Grade.SPECULATIVE)),
        flow(responder="10.0.0.9", port=22),
        flow(responder="10.0.0.6", port=40001, direction_basis=DirectionBasis.FIRST_PACKET),
        flow(responder="10.0.0.6", port=40001, related_to=0),
    ],
)
def test_what_proves_nothing_is_no_deviation(row: dict[str, Any]) -> None:
    """A speculation, a flow whose payload shows nothing, a port of the occasion, an announced one."""
    assert kinds([*BEFORE, row]) == []


def test_what_is_gone_violates_unless_it_may_be() -> None:
    """It is told either way; an optional service is not missed at all."""
    assert kinds(BEFORE[1:]) == [("gone", "10.0.0.9 443/tcp")]
    assert checked(BEFORE[1:]).violated
    allowed = checked(BEFORE[1:], allow_gone=True)
    assert not allowed.violated
    assert [(one.kind, one.violates) for one in allowed.deviations] == [("gone", False)]
    assert allowed.summary.startswith("baseline kept: 1 gone; 3 of 4")
    optional = toml(report()).replace("port = 443\n", "port = 443\noptional = true\n", 1)
    assert kinds(BEFORE[1:], optional) == []


def test_a_status_that_changed_is_told() -> None:
    """The registry moves on; what was agreed to is in the file."""
    text = toml(report()).replace('status = "unassigned"', 'status = "assigned"')
    (found,) = checked(BEFORE, text).deviations
    assert (found.kind, found.where) == ("changed_status", "10.0.0.8 7214/tcp")
    assert found.message == "the registry says unassigned, the baseline assigned"
    assert text.splitlines()[found.line - 1] == "[[service]]"


def test_what_the_file_leaves_out_is_not_compared() -> None:
    """Taking out a key, or widening a service by hand, ends the alarm."""
    row = flow(responder="10.0.0.9", port=22, **shows("tls"))
    text = toml(report())
    assert kinds([*BEFORE, row], text.replace('observed = ["ssh"]\n', "")) == []
    wide = '\n[[service]]\nresponder = "10.0.0.0/24"\ntransport = "tcp"\nport = "20-30"\nobserved = ["tls", "ssh"]\n'
    assert kinds([*BEFORE, row, flow(responder="10.0.0.7", port=25)], text + wide) == []


def test_each_kind_is_counted_and_ordered() -> None:
    """New, then changed, then gone; the summary counts them."""
    found = some_of_each()
    assert [one.kind for one in found.deviations] == [
        "new_responder",
        "new_port",
        "changed_status",
        "new_protocol",
        "gone",
    ]
    assert found.counts == dict.fromkeys(found.counts, 1)
    assert found.summary == (
        "baseline violated: 2 new, 2 changed, 1 gone; 1 of 4 expected services as they should be (baseline.toml)"
    )
    assert "the baseline has this port on 10.0.0.9 22/tcp" in found.deviations[0].message
    assert "the payload shows ssh (banner), the baseline says tls" in found.deviations[3].message


def test_what_weakens_the_comparison_is_noted() -> None:
    """Another registry, another filter, other local networks, ports of the occasion."""
    text = toml(report(options={"filter": "tcp", "local": ["10.0.0.0/8"]})).replace(
        'registry_sha256 = "', 'registry_sha256 = "0'
    )
    notes = checked([*BEFORE, flow(port=50001, direction_basis=DirectionBasis.FIRST_PACKET)], text).notes
    assert [note.partition(":")[0] for note in notes] == [
        notes[0].partition(":")[0],
        "the filter differs",
        "--local differs from the run in which the baseline was learned",
        "1 endpoint left out",
    ]
    assert "the baseline was learned with the registry of" in notes[0]
