"""Words of a difference."""

from annotator.difference.wording import differing, heading, where
from tests.difference.sides import AFTER, BEFORE, difference


def test_a_change_shows_both_sides() -> None:
    """Before, an arrow, after."""
    found = difference(BEFORE, AFTER)
    changed = found.services.changed[0]
    assert where(changed.after) == "443/tcp (https)"
    assert differing(changed) == ["observed: tls 1 → tls 2, ssh 1", "volume: 1 flow, 3.4 kB → 3 flows, 10.2 kB"]
    assert heading(found.before).startswith("before.pcap (capture), 2026-05-04 09:13:20 → 09:13:21, 3 services in use")
