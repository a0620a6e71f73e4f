"""A check for programs."""

import json

from annotator.baseline.as_json import encode
from annotator.baseline.check import KINDS
from tests.baseline.checking import some_of_each


def test_the_verdict_and_each_deviation_are_there() -> None:
    """With the endpoint's whole row, and the line of the baseline."""
    check = some_of_each()
    found = json.loads(b"".join(encode(check)))
    assert (found["violated"], found["expected"], found["as_expected"]) == (True, 4, 1)
    assert found["counts"] == dict.fromkeys(KINDS, 1)
    assert [one["kind"] for one in found["deviations"]] == [one.kind for one in check.deviations]
    new = found["deviations"][0]
    assert (new["responder_addr"], new["transport"], new["port"]) == ("10.0.0.7", "tcp", 22)
    assert new["endpoint"]["confirmed"] == ["ssh"]
    assert found["deviations"][-1]["endpoint"] is None
    assert found["caveat"] == check.report.caveat
