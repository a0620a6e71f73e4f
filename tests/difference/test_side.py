"""Sides from JSON reports: the same as from the report itself, and never more than a line of trouble."""

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.difference.side import looks_like_json, side_of_json, side_of_report
from annotator.errors import InputError
from annotator.report.report import Report
from tests.difference.sides import AFTER
from tests.report.hostile import PAYLOADS
from tests.report.synthetic import make_analysis


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A JSON report."""
    path = tmp_path / "report.json"
    Report(make_analysis(AFTER)).write(path)
    return path


def test_a_report_and_its_file_are_the_same_side(path: Path) -> None:
    """But for what they are called."""
    made, read = side_of_report(Report(make_analysis(AFTER)), "x"), side_of_json(str(path))
    assert (read.services, read.endpoints, read.registry) == (made.services, made.endpoints, made.registry)
    assert (made.kind, read.kind) == ("capture", "report")
    assert made.endpoints


def test_a_report_without_endpoints_is_one_still(path: Path) -> None:
    """An older one: its services are compared."""
    document = json.loads(path.read_text())
    del document["endpoints"]
    path.write_text(json.dumps(document))
    side = side_of_json(str(path))
    assert side.endpoints is None
    assert side.services


def test_json_is_told_from_captures(path: Path, samples: Path, tmp_path: Path) -> None:
    """By its first character."""
    assert looks_like_json(str(path))
    assert not looks_like_json(str(samples / "office.pcapng"))
    assert not looks_like_json(str(tmp_path))
    path.write_bytes(b"\xef\xbb\xbf \n{}")
    assert looks_like_json(str(path))


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 99},
        {"services": 7},
        {"services": [7]},
        {"services": [{}]},
        {"captures": None},
        {"captures": [{"name": 7, "first_seen": None, "last_seen": None, "complete": True}]},
        {"registry": []},
        {"options": 3},
        {"endpoints": {"a": 1}},
        {"endpoints": "x"},
    ],
)
def test_what_is_no_report_is_one_line(path: Path, change: dict[str, Any]) -> None:
    """Whatever is wrong with it."""
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError) as caught:
        side_of_json(str(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [-1, 1.5, True, "7", 10**30, None, []])
@pytest.mark.parametrize("name", ["flows", "bytes"])
def test_counts_are_counts(path: Path, name: str, value: object) -> None:
    """Anything else damages the report."""
    document = json.loads(path.read_text())
    document["endpoints"][0][name] = value
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match="a damaged report"):
        side_of_json(str(path))


@pytest.mark.parametrize("content", ["{", "{}", '{"schema_version": 1', "{" * 100_000, '{"a": ' + "9" * 5000 + "}"])
def test_broken_json_is_one_line(path: Path, content: str) -> None:
    """Cut short, empty, nested, huge."""
    path.write_text(content)
    with pytest.raises(InputError, match=r"report\.json: "):
        side_of_json(str(path))


@pytest.mark.parametrize("attack", PAYLOADS)
def test_texts_are_cleaned_again(path: Path, attack: str) -> None:
    """A report that somebody else wrote is as hostile as a packet."""
    document = json.loads(path.read_text())
    for row in (*document["services"], *document["endpoints"]):
        row |= {"service": PAYLOADS[attack], "status_detail": PAYLOADS[attack], "observed": {PAYLOADS[attack]: 1}}
    document["captures"][0]["name"] = PAYLOADS[attack]
    path.write_text(json.dumps(document))
    side = side_of_json(str(path))
    for row in side.services.values():
        assert row["service"].isprintable()
        assert all(name.isprintable() for name in row["observed"])
    assert side.captures[0]["name"].isprintable()
