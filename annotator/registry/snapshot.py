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
from functools import partial
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
_DAMAGE: Final = (ValueError, KeyError, TypeError, zlib.error)
_MANIFEST: Final = {
    **dict.fromkeys(("updated", "sha256", "source", "updated_basis", "form", "licence"), str),
    **dict.fromkeys(("records", "size"), int),
    **dict.fromkeys(("columns", "remarks"), list),
}
"""What the manifest holds, and of which type."""
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
        manifest, payload = _split(data)
        rows, annex = _unpack(manifest, payload)
    except _DAMAGE as error:
        raise _damaged(name, error) from None
    return _info(manifest), rows, annex


def read_manifest(data: bytes, name: str) -> RegistryInfo:
    """Return the provenance of a snapshot, without unpacking it.

    Raises:
        RegistryError: it is no snapshot, or damaged.
    """
    try:
        return _info(_split(data)[0])
    except _DAMAGE as error:
        raise _damaged(name, error) from None


def _damaged(name: str, error: Exception) -> RegistryError:
    return RegistryError(f"{name}: the compiled registry is damaged ({error}); compile or import it again")


def _split(data: bytes) -> tuple[dict[str, Any], bytes]:
    if not data.startswith(MAGIC):
        raise ValueError("it does not begin as one")
    head_end = data.index(b"\n", len(MAGIC))
    manifest = json.loads(data[len(MAGIC) : head_end])
    for key, kind in _MANIFEST.items():
        if not isinstance(manifest[key], kind):
            raise TypeError(f"its {key} is no {kind.__name__}")
    return manifest, data[head_end + 1 :]


def _info(manifest: dict[str, Any]) -> RegistryInfo:
    known = {field.name: manifest[field.name] for field in fields(RegistryInfo)}
    return RegistryInfo(**{**known, "remarks": tuple(map(str, manifest["remarks"]))})


def _unpack(manifest: dict[str, Any], packed: bytes) -> tuple[Rows, Callable[[], Annex]]:
    count, size, columns = manifest["records"], manifest["size"], manifest["columns"]
    if not 0 < count <= MAX_RECORDS or not 0 <= size <= MAX_BYTES:
        raise ValueError("impossible size")
    unpacker = zlib.decompressobj()
    payload = unpacker.decompress(packed, size + 1)
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
    return rows, partial(_annex, annex)


def _annex(block: bytes) -> Annex:
    try:
        annex = json.loads(block)
        people = {str(identifier): Person(**person) for identifier, person in annex["people"].items()}
        return Annex(people, {str(anchor): str(text) for anchor, text in annex["footnotes"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged("annex", error) from None


def _column(block: bytes) -> Callable[[], list[str]]:
    return lambda: block.decode("utf-8", "replace").split("\n")
