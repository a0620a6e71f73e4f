"""Every record as a JSON object, with the registry's provenance and IANA's notice."""

import json
from collections.abc import Sequence

from annotator.registry.as_dict import info_dict, record_dict
from annotator.registry.notice import NOTICE
from annotator.registry.record import Record
from annotator.registry.registry import Registry


def write(registry: Registry, records: Sequence[Record]) -> dict[str, bytes]:
    """Return the file."""
    document = {
        "registry": info_dict(registry.info),
        "records": [{**record_dict(record), "row_status": record.row_status.value} for record in records],
        "caveat": NOTICE,
    }
    return {"": json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"}
