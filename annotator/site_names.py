"""The site's own words for responders: an overlay that stands beside the registry's word, never in its place."""

from datetime import UTC, date, datetime
from ipaddress import IPv4Address, IPv6Address

import numpy as np
from numpy.typing import NDArray

from annotator.model import NO_PORT, NO_TIME, PORT_TRANSPORT, CaptureSummary, Flows
from annotator.registry.site import Site

NOTHING = -1


def day_of(captures: list[CaptureSummary]) -> date:
    """Give the day of the last packet of all, in UTC: entries expire by it, so that a report does not change with time.

    Where no packet has a time, nothing is expired: the first day there is.
    """
    last = max((capture.last_ns for capture in captures), default=NO_TIME)
    return date.min if last == NO_TIME else datetime.fromtimestamp(last // 1_000_000_000, UTC).date()


def site_words(flows: Flows, site: Site, on: date) -> tuple[NDArray[np.int32], list[str]]:
    """Match the responder of each flow: (int32[n], index into the words or NOTHING; the words, each once).

    Several entries that match are joined by ``; ``. Each distinct endpoint is matched once, and only those whose
    port some entry speaks of.
    """
    codes = np.full(len(flows), NOTHING, np.int32)
    words: dict[str, int] = {}
    spoken = np.zeros(65536, np.bool_)
    for entry in site.entries:
        for first, last in entry.ports:
            spoken[first : last + 1] = True
    rows = np.flatnonzero((flows.responder_port != NO_PORT) & spoken[np.maximum(flows.responder_port, 0)])
    if not len(rows):
        return codes, []
    keys = np.empty(len(rows), [("hi", "u8"), ("lo", "u8"), ("port", "i4"), ("proto", "u1"), ("version", "u1")])
    keys["hi"], keys["lo"] = flows.responder_hi[rows], flows.responder_lo[rows]
    keys["port"], keys["proto"], keys["version"] = flows.responder_port[rows], flows.proto[rows], flows.version[rows]
    distinct, place = np.unique(keys, return_inverse=True)
    found = np.empty(len(distinct), np.int32)
    for k, (high, low, port, proto, version) in enumerate(distinct.tolist()):
        address = IPv4Address(low) if version == 4 else IPv6Address((high << 64) | low)
        text = "; ".join(entry.words(on) for entry in site.match(PORT_TRANSPORT[proto], port, address, on))
        found[k] = words.setdefault(text, len(words)) if text else NOTHING
    codes[rows] = found[place]
    return codes, list(words)
