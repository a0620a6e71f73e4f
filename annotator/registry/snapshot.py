"""The compiled form of a registry: one file, small, quick to load, the same bytes for the same records.

Layout: a magic line, one line of JSON (the manifest), then a zlib stream that holds the columns named in
the manifest and, as JSON, the annex. They are separated by NUL, the values of a column by LF; neither can
stand in a value, because records have their white space normalised and control characters replaced when they
are read, and JSON escapes both.
"""

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from annotator.errors import RegistryError
from annotator.registry.info import RegistryInfo
from annotator.registry.people import Annex, Person
from annotator.registry.record import FIELDS, OPTIONAL_FIELDS, Record, RowStatus
from annotator.registry.rows import Rows

MAGIC: Final = b"annotator registry snapshot 1\n"
MAX_BYTES: Final = 64 << 20
"""Most that a snapshot may unpack to; IANA's whole registry has 2 MB."""
MAX_RECORDS: Final = 1 << 20
_LEVEL: Final = 9
_NEEDED: Final = frozenset(FIELDS) - OPTIONAL_FIELDS
_STATUS_WORDS: Final = frozenset(RowStatus)


def encode_snapshot(
    info: RegistryInfo, records: Sequence[Record], annex: Annex, without: frozenset[str] = frozenset()
) -> bytes:
    """Return the bytes of a snapshot of ``records``, leaving out the fields ``without``."""
    rows = Rows.from_records(records, without)
    blocks = ["\n".join(rows.column(field)) for field in rows.fields]
    blocks.append(json.dumps(asdict(annex), ensure_ascii=False, sort_keys=True))
    payload = "\0".join(blocks).encode()
    manifest = {**asdict(info), "columns": rows.fields, "size": len(payload)}
    head = json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()
    return MAGIC + head + b"\n" + zlib.compress(payload, _LEVEL)


def decode_snapshot(data: bytes, name: str) -> tuple[RegistryInfo, Rows, Callable[[], Annex]]:
    """Return info, rows and annex of what :func:`encode_snapshot` was given; each is unpacked when first read.

    Raises:
        RegistryError: the snapshot is damaged.
    """
    try:
        manifest, rows, annex = _decode(data)
        known = {field.name: manifest[field.name] for field in fields(RegistryInfo)}
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise RegistryError(f"{name}: the compiled registry is damaged ({error}); compile or import it again") from None
    return RegistryInfo(**{**known, "remarks": tuple(known["remarks"])}), rows, annex


def _decode(data: bytes) -> tuple[dict[str, Any], Rows, Callable[[], Annex]]:
    head_end = data.index(b"\n", len(MAGIC))
    manifest = json.loads(data[len(MAGIC) : head_end])
    count, size, columns = int(manifest["records"]), int(manifest["size"]), list(manifest["columns"])
    if not 0 < count <= MAX_RECORDS or not 0 <= size <= MAX_BYTES:
        raise ValueError("impossible size")
    unpacker = zlib.decompressobj()
    payload = unpacker.decompress(data[head_end + 1 :], size + 1)
    if len(payload) != size or not unpacker.eof:
        raise ValueError("its length is not what its head says")
    *blocks, annex = payload.split(b"\0")
    if len(blocks) != len(columns) or not _NEEDED <= set(columns) <= set(FIELDS):
        raise ValueError("its columns are not what its head says")
    if any(block.count(b"\n") != count - 1 for block in blocks):
        raise ValueError("a column has not one value for each record")
    rows = Rows(count, {field: _column(block) for field, block in zip(columns, blocks, strict=True)})
    if not _STATUS_WORDS.issuperset(rows.column("row_status")):
        raise ValueError("a status that is none")
    return manifest, rows, lambda: _annex(annex)


def _annex(block: bytes) -> Annex:
    annex = json.loads(block)
    people = {identifier: Person(**person) for identifier, person in annex["people"].items()}
    return Annex(people, annex["footnotes"])


def _column(block: bytes) -> Callable[[], list[str]]:
    return lambda: block.decode().split("\n")
