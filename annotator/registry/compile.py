"""Compile IANA's files into the package's data: ``python -m annotator.registry.compile --help``.

The embedded registry is reproduced, to the byte, by::

    python -m annotator.registry.compile service-names-port-numbers.csv --updated 2026-08-17 \\
        -o annotator/registry/data/iana.snapshot
    python -m annotator.registry.compile protocol-numbers.xml -o annotator/registry/data/ip-protocols.txt

from the files of that date. It holds no assignee, no contact and no prose notes: personal data does not
belong into a package, and the facts in the notes are kept as :mod:`annotator.registry.facts`.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import click

from annotator.errors import AnnotatorError, RegistryError
from annotator.registry.describe import describe
from annotator.registry.forms.recognise import read_form
from annotator.registry.info import RegistryInfo
from annotator.registry.notice import REGISTRY_URL
from annotator.registry.people import Annex
from annotator.registry.plausible import check_whole
from annotator.registry.record import PERSONAL_FIELDS, PROSE_FIELDS, Record
from annotator.registry.snapshot import encode_snapshot

_XML: Final = "{http://www.iana.org/assignments}"


def compile_registry(data: bytes, name: str, source: str, updated: str) -> tuple[bytes, bytes]:
    """Return the snapshot of a file of IANA's, and its manifest as JSON.

    Raises:
        RegistryError: the file is damaged, or has is not the whole registry.
    """
    imported = read_form(data, name)
    check_whole(name, imported)
    info = describe(data, source, imported, updated)
    snapshot = encode_snapshot(info, imported.records, Annex(), PERSONAL_FIELDS | PROSE_FIELDS)
    return snapshot, _manifest(info, imported.records, snapshot)


def _manifest(info: RegistryInfo, records: list[Record], snapshot: bytes) -> bytes:
    manifest = {
        "source": info.source,
        "updated": info.updated,
        "source_sha256": info.sha256,
        "licence": info.licence,
        "records": info.records,
        "records_by_row_status": dict(sorted(Counter(record.row_status.value for record in records).items())),
        "records_by_transport": dict(sorted(Counter(record.transport or "any" for record in records).items())),
        "records_with_port": sum(1 for record in records if record.port_range),
        "snapshot_bytes": len(snapshot),
        "snapshot_sha256": hashlib.sha256(snapshot).hexdigest(),
    }
    return json.dumps(manifest, indent=2).encode() + b"\n"


def compile_protocols(data: bytes) -> bytes:
    """Return ``number keyword`` lines of IANA's protocol-numbers XML; numbers without a keyword are left out.

    Raises:
        RegistryError: the file is not that registry.
    """
    try:
        root = ET.fromstring(data)  # noqa: S314 (a file that the developer fetched from IANA)
    except ET.ParseError as error:
        raise RegistryError(f"not IANA's protocol-numbers XML: {error}") from None
    updated = root.findtext(f"{_XML}updated")
    lines = [f"# IP protocol keywords, IANA {updated}, sha256 {hashlib.sha256(data).hexdigest()}"]
    for record in root.iter(f"{_XML}record"):
        number = record.findtext(f"{_XML}value") or ""
        keyword = (record.findtext(f"{_XML}name") or "").removesuffix(" (deprecated)").lower()
        if number.isdigit() and keyword and keyword != "reserved":
            lines.append(f"{number} {keyword.replace(' ', '-')}")
    return "\n".join(lines).encode() + b"\n"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="Where the compiled form goes.")
@click.option("--updated", default="", help="The registry's date, where the file does not state it (CSV).")
@click.option("--source", default=f"{REGISTRY_URL}.csv", help="The URL that the file was fetched from.")
def main(file: Path, output: Path, updated: str, source: str) -> None:
    """Compile IANA's port registry, or its protocol numbers (XML), into the package's data."""
    try:
        data = file.read_bytes()
        if b'id="protocol-numbers"' in data[:1000]:
            output.write_bytes(compile_protocols(data))
            return
        snapshot, manifest = compile_registry(data, str(file), source, updated)
        output.write_bytes(snapshot)
        output.with_suffix(".json").write_bytes(manifest)
    except OSError as error:
        raise click.ClickException(str(error)) from None
    except AnnotatorError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
