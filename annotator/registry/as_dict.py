"""Records and answers as the objects that JSON output is made of: the public names of their members."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from annotator.registry.diff import Change, Diff
from annotator.registry.info import RegistryInfo
from annotator.registry.lookup import Answer
from annotator.registry.notice import NOTICE, REGISTRATION
from annotator.registry.people import Annex
from annotator.registry.ranges import format_ports
from annotator.registry.record import Record
from annotator.registry.registry import Registry
from annotator.registry.service_name import is_well_formed
from annotator.registry.site import SiteEntry


def record_dict(record: Record) -> dict[str, Any]:
    """Return a record's members; fields that the source does not hold are left out."""
    optional = {"notes": record.notes, "assignee": record.assignee, "contact": record.contact}
    return {
        "name": record.service_name,
        "description": record.description,
        "transport": record.transport,
        "port_range": record.port_range,
        "registration_date": record.registration_date,
        "modification_date": record.modification_date,
        "reference": record.reference,
        "service_code": record.service_code,
        "unauthorized_use": record.unauthorized_use,
        "alias_of": record.alias_of,
        "well_formed": is_well_formed(record.service_name),
        "facts": list(record.facts),
        **{name: text for name, text in optional.items() if text is not None},
        **({"doubtful": list(record.doubtful)} if record.doubtful else {}),
    }


def answer_dict(answer: Answer, registry: Registry, site: Sequence[SiteEntry], on: date) -> dict[str, Any]:
    """Return the object that ``annotate lookup --format json`` gives for an answer.

    ``port`` is a number, a text as ``"7203-7214"`` for a range, or None for a name without a port.
    """
    ports = answer.ports and (answer.ports[0] if answer.ports[0] == answer.ports[1] else format_ports(*answer.ports))
    return {
        "port": ports,
        "transport": answer.transport,
        "range_class": answer.range_class.word,
        "status": answer.status.word,
        "status_detail": answer.status_detail,
        "service": answer.service,
        "services": [_explained(record, registry.annex) for record in answer.records],
        "site": [site_dict(entry, on) for entry in site],
        "registration": REGISTRATION[answer.range_class],
        "registry": {"updated": registry.info.updated, "sha256": registry.info.sha256},
        "caveat": NOTICE,
    }


def _explained(record: Record, annex: Annex) -> dict[str, Any]:
    known = annex.explain(record.reference, record.assignee, record.contact)
    return {**record_dict(record), **({"identifiers": known} if known else {})}


def site_dict(entry: SiteEntry, on: date) -> dict[str, Any]:
    """Return a site entry's members, as of a day."""
    return {
        "name": entry.name,
        "where": entry.where(),
        "owner": entry.owner,
        "ticket": entry.ticket,
        "expires": str(entry.expires or ""),
        "expired": entry.expired(on),
        "note": entry.note,
        "source": entry.source,
        "de_facto": entry.de_facto,
    }


def info_dict(info: RegistryInfo) -> dict[str, Any]:
    """Return the provenance of a registry."""
    return {**asdict(info), "remarks": list(info.remarks)}


def diff_dict(diff: Diff) -> dict[str, Any]:
    """Return the object that ``annotate registry diff --format json`` gives."""
    return {
        "old": info_dict(diff.old),
        "new": info_dict(diff.new),
        "added": [_keyed(record) for record in diff.added],
        "removed": [_keyed(record) for record in diff.removed],
        "changed": [_changed(change) for change in diff.changed],
        "not_compared": list(diff.not_compared),
        "caveat": NOTICE,
    }


def _keyed(record: Record) -> dict[str, Any]:
    members = record_dict(record)
    return {"name": record.service_name, "port": members.pop("port_range"), **members}


def _changed(change: Change) -> dict[str, Any]:
    return {
        "name": change.after.service_name,
        "port": change.after.port_range,
        "transport": change.after.transport,
        "fields": list(change.fields),
        "before": _keyed(change.before),
        "after": _keyed(change.after),
    }
