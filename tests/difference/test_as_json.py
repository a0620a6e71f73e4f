"""A difference for programs."""

import json

from annotator.difference.as_json import encode
from annotator.registry import NOTICE
from tests.difference.sides import AFTER, BEFORE, difference


def test_both_sides_of_each_change() -> None:
    """Rows as the reports have them."""
    found = json.loads(b"".join(encode(difference(BEFORE, AFTER))))
    assert [row["port"] for row in found["services"]["added"]] == [7214]
    assert [row["responder_addr"] for row in found["endpoints"]["gone"]] == ["10.0.0.9"]
    change = found["endpoints"]["changed"][0]
    assert change["fields"] == ["observed", "volume"]
    assert (change["before"]["confirmed"], change["after"]["confirmed"]) == (["tls"], ["ssh", "tls"])
    assert (found["before"]["services"], found["after"]["endpoints"]) == (3, 4)
    assert found["caveat"] == NOTICE
