"""Bring registries into the user's store: from IANA, or from a file."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from annotator.errors import RegistryError
from annotator.registry.describe import describe
from annotator.registry.diff import Diff, compare
from annotator.registry.fetch import TIMEOUT_S, Progress, fetch
from annotator.registry.forms.recognise import read_form
from annotator.registry.info import RegistryInfo
from annotator.registry.loading import known_texts, load_chosen, read_file
from annotator.registry.notice import REGISTRY_URL
from annotator.registry.plausible import check_newer, check_whole
from annotator.registry.registry import Registry
from annotator.registry.rows import Rows
from annotator.registry.snapshot import encode_snapshot
from annotator.registry.store import Fetch, Store

UPDATE_URL: Final = f"{REGISTRY_URL}.xml"
"""What ``registry update`` fetches: of IANA's forms, the XML is the one that states the registry's date."""


@dataclass(frozen=True, slots=True)
class Update:
    """What became of an update."""

    info: RegistryInfo
    """The registry now in use."""
    diff: Diff | None
    """Against the one in use before; None where the server had nothing newer."""


def update(
    store: Store,
    url: str = UPDATE_URL,
    *,
    timeout_s: float = TIMEOUT_S,
    force: bool = False,
    progress: Progress | None = None,
) -> Update:
    """Fetch the registry, see that it can be it, and use it from now on.

    Whatever goes wrong, and whenever: the registry that was in use stays in use.

    Raises:
        RegistryError: it cannot be fetched, is implausible, or cannot be stored.
    """
    known = store.state().fetches.get(url)
    if known is not None and not store.has(known.sha256):
        known = None
    response = fetch(
        url,
        etag=known.etag if known else "",
        last_modified=known.last_modified if known else "",
        timeout_s=timeout_s,
        progress=progress,
    )
    if response.data is not None:
        return _take(store, response.data, url, force, (url, response.etag, response.last_modified))
    if known is None:
        raise RegistryError(f"{url}: the server answered 304 to an unconditional request; try again later")
    store.choose(known.sha256)
    return Update(load_chosen(store).info, None)


def update_from(store: Store, path: Path, *, force: bool = False) -> Update:
    """Use the registry in a file from now on, if it is a whole one.

    Raises:
        RegistryError: it cannot be read, is implausible, or cannot be stored.
    """
    return _take(store, read_file(path), str(path), force, None)


def install(store: Store, data: bytes, source: str) -> Registry:
    """Put a registry, in any form and of any size, into the store, without using it.

    Raises:
        RegistryError: it is no registry, or cannot be stored.
    """
    imported = read_form(data, source, known_texts)
    info = describe(data, source, imported)
    store.install(encode_snapshot(info, imported.records, imported.annex), info.sha256)
    return Registry(info, Rows.from_records(imported.records))


def _take(store: Store, data: bytes, source: str, force: bool, answer: tuple[str, str, str] | None) -> Update:
    present = load_chosen(store)
    sha256 = hashlib.sha256(data).hexdigest()
    fetched = {answer[0]: Fetch(sha256, *answer[1:])} if answer else {}
    if sha256 == store.chosen():
        store.choose(sha256, fetched)
        return Update(present.info, None)
    imported = read_form(data, source, known_texts)
    check_whole(source, imported)
    if not force:
        check_newer(source, imported, present.records)
    info = describe(data, source, imported)
    store.install(encode_snapshot(info, imported.records, imported.annex), sha256)
    store.choose(sha256, fetched)
    return Update(info, compare(present, Registry(info, Rows.from_records(imported.records))))
