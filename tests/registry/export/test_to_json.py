"""Every record as an object."""

import json

from annotator.registry.export import export
from annotator.registry.notice import NOTICE
from annotator.registry.registry import Registry


def test_every_record_is_there(embedded: Registry) -> None:
    """With the registry's provenance and the notice."""
    document = json.loads(export(embedded, "json")[""])
    assert document["caveat"] == NOTICE
    assert document["registry"]["sha256"] == embedded.info.sha256
    assert len(document["records"]) == 14533
    assert document["records"][2]["name"] == "tcpmux"
    assert document["records"][0]["row_status"] == "reserved"
