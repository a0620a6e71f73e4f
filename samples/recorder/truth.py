"""The truth table: what really ran on each endpoint, noted by the recorder when a client has done its work."""

import csv
import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from recorder.hosts import Host, RecordingError

COLUMNS = (
    "capture",
    "responder_addr",
    "transport",
    "responder_port",
    "protocol",
    "outcome",
    "flows",
    "initiator_addrs",
    "server",
    "related_to",
    "note",
)


@cache
def version(package: str) -> str:
    """``package version`` of an installed Debian package."""
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${Version}", package],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not done.stdout.split()[1:]:
        raise RecordingError(
            f"Debian package {package} is not installed; see samples/README.md for all that are needed"
        )
    return done.stdout


@dataclass(frozen=True)
class Service:
    """What listens (or does not) on an endpoint."""

    host: Host
    transport: str
    port: int
    protocol: str
    package: str = ""
    note: str = ""
    address: str = ""
    """Where not the host's IPv4 address."""

    @property
    def addr(self) -> str:
        """The address that clients turn to."""
        return self.address or self.host.v4

    @property
    def addr_port(self) -> str:
        """As it stands in a URL."""
        return f"[{self.addr}]:{self.port}" if ":" in self.addr else f"{self.addr}:{self.port}"

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
    related_to: str = ""


@dataclass
class Ledger:
    """The contacts of one scenario."""

    contacts: list[Contact] = field(default_factory=list)

    def note(
        self,
        client: Host,
        service: Service,
        *,
        outcome: str = "established",
        flows: int | None = 1,
        related_to: str = "",
    ) -> None:
        """Note that ``client`` turned to ``service``, and what came of it."""
        initiator = client.v6 if ":" in service.addr else client.v4
        self.contacts.append(Contact(initiator, service, outcome, flows, related_to))

    def rows(self, capture: str, seen: Callable[[Contact], bool]) -> list[dict[str, str]]:
        """One row an endpoint, of the contacts that a capture point has ``seen``."""
        by_endpoint: dict[tuple[str, str, int], list[Contact]] = {}
        for contact in filter(seen, self.contacts):
            service = contact.service
            by_endpoint.setdefault((service.addr, service.transport, service.port), []).append(contact)
        return [_row(capture, contacts) for _, contacts in sorted(by_endpoint.items(), key=_by_address)]


def _by_address(item: tuple[tuple[str, str, int], object]) -> tuple[int, int, str, int]:
    address, transport, port = item[0]
    number = ip_address(address)
    return number.version, int(number), transport, port


def _row(capture: str, contacts: list[Contact]) -> dict[str, str]:
    service = contacts[0].service
    outcomes = {contact.outcome for contact in contacts}
    if len(outcomes) > 1 or any(contact.service != service for contact in contacts):
        raise RecordingError(f"{capture}: {service.addr_port}/{service.transport} has two truths: {contacts}")
    counts = [contact.flows for contact in contacts]
    flows = "" if None in counts else str(sum(count for count in counts if count is not None))
    initiators = sorted({contact.initiator for contact in contacts}, key=lambda addr: int(ip_address(addr)))
    values = (
        capture,
        service.addr,
        service.transport,
        str(service.port),
        service.protocol,
        outcomes.pop(),
        flows,
        " ".join(initiators),
        version(service.package) if service.package else "",
        contacts[0].related_to,
        service.note,
    )
    return dict(zip(COLUMNS, values, strict=True))


def write(path: Path, rows: Iterable[dict[str, str]], recorded: set[str]) -> None:
    """Write the table; rows of captures that were not ``recorded`` this time are kept as they are."""
    kept = []
    if path.exists():
        with path.open(newline="") as table:
            kept = [row for row in csv.DictReader(table) if row["capture"] not in recorded]
    everything = sorted([*kept, *rows], key=lambda row: _capture_order(row["capture"]))
    part = path.with_suffix(".part")
    with part.open("w", newline="") as table:
        writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(everything)
    part.replace(path)


def _capture_order(name: str) -> tuple[bool, str]:
    return not re.match(r"office\.", name), name
