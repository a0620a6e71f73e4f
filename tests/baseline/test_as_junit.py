"""JUnit XML, read by a library that CI tools use."""

import pytest
from junitparser import Failure, JUnitXml, Skipped

from annotator.baseline.as_junit import encode
from annotator.baseline.check import Check, check
from annotator.baseline.read import parse_baseline
from tests.baseline.checking import BEFORE, checked, report, some_of_each, toml
from tests.report.hostile import PAYLOADS
from tests.report.synthetic import Said, flow, shows


def read(made: Check) -> JUnitXml:
    return JUnitXml.fromstring(b"".join(encode(made)))


def test_each_service_is_a_test_and_each_new_one_too() -> None:
    """Totals, names, kinds of failures."""
    found = read(some_of_each())
    assert (found.tests, found.failures, found.errors, found.skipped) == (6, 5, 0, 0)
    (suite,) = found
    cases = {case.name: [result.type for result in case.result] for case in suite}
    assert cases == {
        "10.0.0.8 7214/tcp": ["changed_status"],
        "10.0.0.9 22/tcp": ["gone"],
        "10.0.0.9 443/tcp": ["new_protocol"],
        "198.51.100.7 443/tcp": [],
        "10.0.0.7 22/tcp (ssh)": ["new_responder"],
        "10.0.0.9 444/tcp (snpp)": ["new_port"],
    }
    assert {case.classname for case in suite if case.result} >= {
        "annotate.baseline.expected",
        "annotate.baseline.new_port",
    }


def test_what_is_allowed_is_skipped() -> None:
    """Gone, and no failure."""
    found = read(checked(BEFORE[1:], allow_gone=True))
    assert (found.failures, found.skipped) == (0, 1)
    (suite,) = found
    assert [type(result) for case in suite for result in case.result] == [Skipped]
    assert Failure not in [type(result) for case in suite for result in case.result]


@pytest.mark.parametrize("attack", PAYLOADS)
def test_hostile_text_stays_text(attack: str) -> None:
    """Labels, names of files, notes: the document parses, with the same elements."""

    def made(text: str) -> str:
        rows = [flow(responder="10.0.0.7", port=22, **shows("ssh"))]
        baseline = parse_baseline(toml(report()), text)
        return b"".join(encode(check(report(rows, findings=Said(1, {0: text})), baseline))).decode()

    hostile = made(PAYLOADS[attack])
    assert hostile.count("<") == made("x").count("<")
    assert len(JUnitXml.fromstring(hostile.encode())) == 1
