"""The truth table: what really ran on each endpoint, noted when a client has done its work there."""

import csv
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from recorder.hosts import Host, RecordingError

COLUMNS: Final = (
    "capture",
    "responder_addr",
    "transport",
    "responder_port",
    "vlan",
    "tunnel",
    "protocol",
    "outcome",
    "flows",
    "payload",
    "initiator_addrs",
    "related_to",
    "server",
    "note",
)
"""What each means stands in README.md."""


@dataclass(frozen=True)
class Service:
    """What listens (or does not) on an endpoint."""

    host: Host
    transport: str
    port: int
    protocol: str
    package: str = ""
    """The Debian package of the server, or of what stands in its place."""
    note: str = ""
    address: str = ""
    """Where not the host's IPv4 address."""
    vlan: str = ""
    tunnel: str = ""
    """``type:id(address<>address)``, the outer addresses in numerical order."""

    @property
    def addr(self) -> str:
        """The address that clients turn to."""
        return self.address or self.host.v4

    @property
    def addr_port(self) -> str:
        """As it stands in a URL."""
        return f"[{self.addr}]:{self.port}" if ":" in self.addr else f"{self.addr}:{self.port}"

    @property
    def endpoint(self) -> str:
        """As it stands in the table's column ``related_to``."""
        return f"{self.addr_port}/{self.transport}"

    def on_v6(self) -> "Service":
        """The same service at the host's IPv6 address."""
        return replace(self, address=self.host.v6)


@dataclass(frozen=True)
class Contact:
    """One act of a client."""

    initiator: str
    service: Service
    outcome: str
    flows: int | None
    """How many flows it made, None where the client may make more or fewer."""
    payload: str
    """Which ends spoke the protocol: ``both``, ``initiator``, ``responder`` or ``none``."""
    related_to: str


@dataclass
class Ledger:
    """The contacts of one scenario."""

    contacts: list[Contact] = field(default_factory=list)

    def note(
        self,
        client: Host | str,
        service: Service,
        *,
        outcome: str = "established",
        flows: int | None = 1,
        payload: str = "",
        related_to: str = "",
    ) -> None:
        """Note that ``client`` (a host or an address) turned to ``service``, and what came of it.

        Where ``payload`` does not say which ends spoke, both did if the flow was established, else none.
        """
        if isinstance(client, Host):
            client = client.v6 if ":" in service.addr else client.v4
        spoke = payload or ("both" if outcome == "established" else "none")
        self.contacts.append(Contact(client, service, outcome, flows, spoke, related_to))

    def rows(self, capture: str, seen: Callable[[Contact], bool] = lambda _: True) -> list[dict[str, str]]:
        """One row an endpoint, of the contacts that a capture point has ``seen``."""
        by_endpoint: dict[tuple[str, str, int, str, str], list[Contact]] = {}
        for contact in filter(seen, self.contacts):
            service = contact.service
            key = (service.addr, service.transport, service.port, service.vlan, service.tunnel)
            by_endpoint.setdefault(key, []).append(contact)
        ordered = sorted(by_endpoint.items(), key=lambda item: (_number(item[0][0]), *item[0][1:]))
        return [_row(capture, contacts) for _, contacts in ordered]


def _number(address: str) -> tuple[int, int]:
    parsed = ip_address(address)
    return parsed.version, int(parsed)


def _row(capture: str, contacts: list[Contact]) -> dict[str, str]:
    first = contacts[0]
    service = first.service
    truth = (service, first.outcome, first.payload, first.related_to)
    if any((act.service, act.outcome, act.payload, act.related_to) != truth for act in contacts):
        raise RecordingError(f"{capture}: {service.endpoint} has two truths: {contacts}")
    counts = [act.flows for act in contacts if act.flows is not None]
    values = (
        capture,
        service.addr,
        service.transport,
        str(service.port),
        service.vlan,
        service.tunnel,
        service.protocol,
        first.outcome,
        str(sum(counts)) if len(counts) == len(contacts) else "",
        first.payload,
        " ".join(sorted({act.initiator for act in contacts}, key=_number)),
        first.related_to,
        version(service.package) if service.package else "",
        service.note,
    )
    return dict(zip(COLUMNS, values, strict=True))


@cache
def version(package: str) -> str:
    """``package version`` of an installed Debian package."""
    show = ["dpkg-query", "--show", "--showformat=${Package} ${Version}", package]
    name_version = subprocess.run(show, capture_output=True, text=True, check=False).stdout
    if len(name_version.split()) != 2:
        raise RecordingError(f"the Debian package {package} is not installed")
    return name_version


def write(path: Path, recorded: dict[str, list[dict[str, str]]]) -> None:
    """Write the table of ``recorded`` rows by capture; rows of captures not among them are kept as they are."""
    kept = []
    if path.exists():
        with path.open(newline="") as table:
            kept = [row for row in csv.DictReader(table) if row["capture"] not in recorded]
    part = path.with_suffix(".part")
    with part.open("w", newline="") as table:
        writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
        writer.writeheader()
        rows = [*kept, *(row for of_capture in recorded.values() for row in of_capture)]
        writer.writerows(sorted(rows, key=lambda row: row["capture"]))
    part.replace(path)
