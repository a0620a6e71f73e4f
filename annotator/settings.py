"""What a result depends on besides the captures, and how the report tells it."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from annotator.flow import FlowSettings
from annotator.flow.scope import DEFAULT_LOCAL
from annotator.flow.table import MOST_FLOWS, NS

IDLE_TCP_S: Final = 300.0
IDLE_OTHER_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a result depends on besides the captures. Times in seconds; 0 is never."""

    idle_timeout_s: float | None = None
    """Silence that splits a flow; None is 300 for TCP and 60 for everything else."""
    active_timeout_s: float = 0
    """Length that splits a flow."""
    max_flows: int = MOST_FLOWS
    """Flows that are kept at the most; 0 is without bound."""
    ignore_vlan: bool = False
    """Whether the VLAN is left out of a flow's key."""
    local: tuple[str, ...] = DEFAULT_LOCAL
    """Networks whose addresses are `local`."""
    registry: str | None = None
    """A registry file; None is the chosen one, else the embedded snapshot."""
    site: tuple[str, ...] = ()
    """Overlay files with the site's own names; none is those in the user's configuration folder, if any."""
    bpf: str | None = None
    """A filter in tcpdump's language; None, or an empty one, lets every packet pass."""
    deep: bool = False
    """Whether tshark is asked about flows that matter; see :mod:`annotator.deep`."""
    deep_flows: int = 50
    """How many of them at the most."""
    deep_packets: int = 20
    """Packets with payload of each of them."""
    resolve: bool = False
    """Whether addresses get names from the capture itself; see :mod:`annotator.names`."""
    mmdb: tuple[str, ...] = ()
    """MaxMind databases that say where remote addresses are; see :mod:`annotator.places`."""
    resync: bool = False
    """Whether to go on behind damage in a capture, at the next plausible record."""

    def flow_settings(self) -> FlowSettings:
        """Give the part that the flow table needs."""
        return FlowSettings(
            idle_tcp_ns=int((IDLE_TCP_S if self.idle_timeout_s is None else self.idle_timeout_s) * NS),
            idle_other_ns=int((IDLE_OTHER_S if self.idle_timeout_s is None else self.idle_timeout_s) * NS),
            active_ns=int(self.active_timeout_s * NS),
            ignore_vlan=self.ignore_vlan,
            most_flows=self.max_flows,
        )

    def options(self) -> dict[str, Any]:
        """Give the settings by their command-line names, as they were in force."""
        options = asdict(self)
        idle = options.pop("idle_timeout_s")
        options["idle_timeout"] = {"tcp": IDLE_TCP_S, "other": IDLE_OTHER_S} if idle is None else idle
        options["active_timeout"] = options.pop("active_timeout_s")
        options["local"] = list(self.local)
        options["site"] = list(self.site)
        options["mmdb"] = list(self.mmdb)
        options["filter"] = options.pop("bpf")
        return options
