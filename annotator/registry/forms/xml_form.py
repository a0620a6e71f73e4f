"""IANA's XML: the only form that states the registry's date, its footnotes and its people in full.

What IANA's own rendering to CSV does is done here, so that both give the same records: a record without an
``assignee`` element was assigned to its contact; a reference is shown by its label, else by its target and section.
"""

import io
from collections import Counter
from typing import Final
from xml.etree import ElementTree as ET

from annotator.errors import RegistryError
from annotator.registry.forms.common import Imported, clean, make_record
from annotator.registry.people import Person
from annotator.registry.record import Record

_NAMESPACE: Final = "{http://www.iana.org/assignments}"
_REGISTRY_ID: Final = "service-names-port-numbers"
_ELEMENT_OF: Final = {
    "service_name": "name",
    "port_range": "number",
    "transport": "protocol",
    "description": "description",
    "service_code": "sc",
    "unauthorized_use": "unauthorized",
    "notes": "note",
}
_DEEPEST: Final = 8
"""Elements nested more deeply than this are not IANA's."""


def looks_like_xml(head: str) -> bool:
    """Tell whether a file begins as XML does, but not as HTML."""
    return head.startswith(("<?xml", "<registry")) and "<html" not in head.lower()


def read_xml(data: bytes, name: str) -> Imported:
    """Read IANA's XML.

    Raises:
        RegistryError: it is cut short or damaged, is another registry, or declares entities of its own.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise RegistryError(f"{name}: declares a document type; IANA's registry has none: fetch it from IANA")
    imported = Imported("xml", [])
    try:
        _read(data, name, imported)
    except (ET.ParseError, ValueError, LookupError) as error:  # the latter two for encodings that it claims
        raise RegistryError(f"{name}: {error}; the file is cut short or damaged: fetch it again") from None
    except RecursionError:
        raise RegistryError(f"{name}: nested too deeply for IANA's registry") from None
    return imported


def _read(data: bytes, name: str, imported: Imported) -> None:
    # The file is at most MAX_BYTES long, and expat itself refuses to expand entities without bound.
    events = ET.iterparse(io.BytesIO(data), ("start", "end"))  # noqa: S314
    depth = 0
    root: ET.Element | None = None
    for event, element in events:
        tag = element.tag.removeprefix(_NAMESPACE)
        if event == "start":
            depth += 1
            if depth > _DEEPEST:
                raise RegistryError(f"{name}: nested too deeply for IANA's registry")
            if root is None:
                root = element
                if tag != "registry" or element.get("id") != _REGISTRY_ID:
                    raise RegistryError(f"{name}: XML, but not IANA's registry of port numbers")
            continue
        depth -= 1
        if tag == "record":
            where = f"{name}, record {len(imported.records) + 1}"
            imported.records.append(_record(element, where, imported.oddities))
        elif tag == "person" and element.get("id"):
            imported.annex.people[element.get("id", "")] = _person(element, imported.oddities)
        elif tag == "footnote":
            anchor = clean(element.get("anchor", ""), imported.oddities)
            imported.annex.footnotes[anchor] = clean(_text(element), imported.oddities)
        elif tag == "updated" and depth == 1:
            imported.updated = clean(_text(element), imported.oddities)
        else:
            continue
        element.clear()  # memory follows one record, not the file


def _record(element: ET.Element, where: str, oddities: Counter[str]) -> Record:
    values = {field: _child(element, tag) for field, tag in _ELEMENT_OF.items()}
    references = [(xref.get("type"), _reference(xref)) for xref in element.findall(f"{_NAMESPACE}xref")]
    people = "".join(text for kind, text in references if kind == "person")
    assignee = element.find(f"{_NAMESPACE}assignee")
    return make_record(
        {
            **values,
            "assignee": people if assignee is None else "".join(map(_reference, assignee)),
            "contact": people,
            "registration_date": element.get("date", ""),
            "modification_date": element.get("updated", ""),
            "reference": "".join(text for kind, text in references if kind != "person"),
        },
        where,
        oddities,
    )


def _person(element: ET.Element, oddities: Counter[str]) -> Person:
    uris = " ".join(_text(uri) for uri in element.findall(f"{_NAMESPACE}uri"))
    name, organisation, updated = (_child(element, tag) for tag in ("name", "org", "updated"))
    return Person(*(clean(text, oddities) for text in (name, organisation, uris, updated)))


def _child(element: ET.Element, tag: str) -> str:
    child = element.find(f"{_NAMESPACE}{tag}")
    return "" if child is None else _text(child)


def _text(element: ET.Element) -> str:
    """Return an element's text with references in brackets and breaks as white space."""
    parts = [element.text or ""]
    for child in element:
        is_reference = child.tag == f"{_NAMESPACE}xref"
        parts += [_reference(child) if is_reference else f"\n{_text(child)}\n", child.tail or ""]
    return "".join(parts)


def _reference(xref: ET.Element) -> str:
    label = " ".join(_text(xref).split())
    if not label:
        label = xref.get("data", "")
        if xref.get("type") == "rfc":
            label = label.upper()
        if section := xref.get("section"):
            label = f"{label}, Section {section}"
    return f"[{label}]"
