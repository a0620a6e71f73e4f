"""Every server in the samples speaks the protocol that the truth table names, or tshark could not dissect it."""

import pytest

from tests.samples.table import CAPTURES, SAMPLES, Row, rows_of
from tests.samples.witness import End, needs_tshark, spoken

DISSECTORS = {
    "memcached": "memcache",
    "pop3": "pop",
    "postgresql": "pgsql",
    "redis": "resp",
}
"""tshark's name where it is another than ours."""
UNNAMED = {"raw"}
"""Bytes that belong to no protocol with a name."""


def names(row: Row) -> list[str]:
    """tshark's names for a protocol, and for what it was upgraded to."""
    return [DISSECTORS.get(name, name) for name in row.protocol.split("+")]


def passes(rows: list[Row]) -> list[dict[tuple[str, int], Row]]:
    """Rows by (transport, port), which is all that tshark can be told by: as many groups as a port has protocols."""
    groups: list[dict[tuple[str, int], Row]] = []
    for row in rows:
        key = row.transport, row.responder_port
        fitting = (group for group in groups if key not in group or group[key].protocol == row.protocol)
        group = next(fitting, None)
        if group is None:
            group = {}
            groups.append(group)
        group.setdefault(key, row)
    return groups


@needs_tshark
@pytest.mark.parametrize("capture", CAPTURES)
def test_servers_speak_what_the_table_says(capture: str) -> None:
    """On each endpoint whose server spoke, tshark dissects that protocol and finds nothing malformed."""
    rows = [row for row in rows_of(capture) if row.payload and row.protocol not in UNNAMED]
    unheard, malformed = [], []
    for group in passes(rows):
        told = [(transport, port, names(row)[0]) for (transport, port), row in group.items()]
        seen = spoken(SAMPLES / capture, told)
        for row in rows:
            if group.get((row.transport, row.responder_port), row).protocol != row.protocol:
                continue  # this port is another's in this group
            end = End(row.vlan, row.responder_addr, row.transport, row.responder_port)
            good, bad = seen.get(end, (set(), set()))
            if (row.transport, row.responder_port) not in group:
                continue
            if not set(names(row)) <= good:
                unheard.append((row.protocol, end, good))
            if set(names(row)) & bad:
                malformed.append((row.protocol, end, bad))
    assert unheard == []
    assert malformed == []
