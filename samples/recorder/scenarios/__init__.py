"""What happens in each capture, by scenario: a function of the laboratory that records and gives the rows."""

from collections.abc import Callable
from typing import Final

from recorder.capture import Recorded
from recorder.hosts import Lab
from recorder.scenarios.ipv6 import ipv6
from recorder.scenarios.office import office
from recorder.scenarios.overlays import tunnel, vlans
from recorder.scenarios.quality import quality
from recorder.scenarios.scan import scan
from recorder.scenarios.sctp import sctp
from recorder.scenarios.services import services
from recorder.scenarios.transfers import transfers

SCENARIOS: Final = (office, services, transfers, ipv6, sctp, vlans, tunnel, scan, quality)
ALL: Final[dict[str, Callable[[Lab], Recorded]]] = {scenario.__name__: scenario for scenario in SCENARIOS}
"""Every scenario by name, in the order of recording."""
