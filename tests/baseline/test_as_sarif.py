"""SARIF, read by models of the published schema."""

import json
from dataclasses import replace

import pytest
from sarif_pydantic import Sarif

from annotator.baseline.as_sarif import encode
from annotator.baseline.check import KINDS, Check, check
from annotator.baseline.read import parse_baseline
from tests.baseline.checking import BEFORE, checked, report, some_of_each, toml
from tests.report.hostile import PAYLOADS
from tests.report.synthetic import Said, flow, shows


def read(made: Check) -> dict[str, object]:
    """Read it twice: as the models have it, and as it stands."""
    text = b"".join(encode(made))
    Sarif.model_validate_json(text)
    document: dict[str, object] = json.loads(text)["runs"][0]
    return document


def test_each_deviation_is_a_result() -> None:
    """Rules for every kind, places in the baseline, fingerprints that differ."""
    made = some_of_each()
    run = read(made)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == list(KINDS)
    results = run["results"]
    assert [one["ruleId"] for one in results] == [one.kind for one in made.deviations]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in results)
    assert len({one["partialFingerprints"]["endpoint/v1"] for one in results}) == len(results)
    places = [one["locations"][0]["physicalLocation"] for one in results]
    assert [place["region"]["startLine"] for place in places] == [max(one.line, 1) for one in made.deviations]
    assert {place["artifactLocation"]["uri"] for place in places} == {"baseline.toml"}
    assert {one["level"] for one in results} == {"error"}


def test_what_is_allowed_is_a_note() -> None:
    """Gone, and no error."""
    assert [one["level"] for one in read(checked(BEFORE[1:], allow_gone=True))["results"]] == ["note"]


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a b.toml", "a%20b.toml"),
        ("/etc/b.toml", "file:///etc/b.toml"),
        ("x:y.toml", "x%3Ay.toml"),
        ("./é", "./%C3%A9"),
    ],
)
def test_the_baseline_is_named_by_a_uri(name: str, uri: str) -> None:
    """Relative to where the command ran, or absolute."""
    made = checked(BEFORE[1:])
    run = read(replace(made, baseline=replace(made.baseline, name=name)))
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


@pytest.mark.parametrize("attack", PAYLOADS)
def test_hostile_text_is_harmless(attack: str) -> None:
    """It validates, and no control character is in it."""
    rows = [flow(responder="10.0.0.7", port=22, **shows("ssh"))]
    text = PAYLOADS[attack]
    name = text.replace("\0", "").encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    made = check(report(rows, findings=Said(1, {0: text})), parse_baseline(toml(report()), name))
    read(made)
    assert all(character.isprintable() or character == "\n" for character in b"".join(encode(made)).decode())
