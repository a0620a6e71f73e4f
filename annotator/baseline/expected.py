"""What a baseline expects: services, each of one endpoint or, where people edited it, of many."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

ANY: Final = "*"
"""Any responder, or any port."""
LOCAL: Final = "local"
REMOTE: Final = "remote"
"""Responders of that scope, by ``--local``."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One service that may be in use. Fields that are None are not compared."""

    responders: tuple[Network | str, ...]
    """Networks, or the words ANY, LOCAL, REMOTE."""
    transports: tuple[str, ...]
    ports: tuple[tuple[int, int], ...]
    """(first, last) of each range."""
    status: str | None = None
    """The registry's status that was agreed to."""
    observed: frozenset[str] | None = None
    """The protocols that may be confirmed on it."""
    optional: bool = False
    """Whether it may be absent."""
    note: str = ""
    line: int = 0
    """Where it stands in its file."""

    @property
    def single(self) -> tuple[Address, str, int] | None:
        """The endpoint, if it is one alone."""
        if len(self.responders) != 1 or len(self.transports) != 1 or len(self.ports) != 1:
            return None
        (responder,), (transport,), ((first, last),) = self.responders, self.transports, self.ports
        if isinstance(responder, str) or responder.num_addresses != 1 or first != last:
            return None
        return responder.network_address, transport, first

    def covers_responder(self, address: Address, scope: str) -> bool:
        """Say whether an address, which is ``local`` or ``remote``, is among the responders."""
        for responder in self.responders:
            if isinstance(responder, str):
                if responder in (ANY, scope):
                    return True
            elif responder.version == address.version and address in responder:
                return True
        return False

    def covers_port(self, transport: str, port: int) -> bool:
        """Say whether a port is among the ports."""
        return transport in self.transports and any(first <= port <= last for first, last in self.ports)

    def breadth(self) -> tuple[int, int]:
        """Say how much it covers: (addresses, ports); the less, the more specific."""
        whole = {ANY: 1 << 129, LOCAL: 1 << 128, REMOTE: 1 << 128}
        addresses = sum(whole[one] if isinstance(one, str) else one.num_addresses for one in self.responders)
        return addresses, sum(last - first + 1 for first, last in self.ports) * len(self.transports)

    def where(self) -> str:
        """Write responders, ports and transports: ``10.0.4.17 22/tcp``."""
        who = ", ".join(_plain(one) for one in self.responders)
        ports = ",".join(
            ANY if span == (0, 65535) else str(span[0]) if span[0] == span[1] else f"{span[0]}-{span[1]}"
            for span in self.ports
        )
        return f"{who} {ports}/{'/'.join(self.transports)}"


def _plain(responder: Network | str) -> str:
    if isinstance(responder, str) or responder.num_addresses > 1:
        return str(responder)
    return str(responder.network_address)


@dataclass(frozen=True)
class Baseline:
    """All that a baseline file says."""

    name: str
    """The file, as the user typed it."""
    services: tuple[Expected, ...]
    learned: dict[str, Any] = field(default_factory=dict)
    """Where it was learned: captures, registry, options. For people; nothing here is compared."""

    @cached_property
    def _singles(self) -> dict[tuple[Address, str, int], list[int]]:
        found: dict[tuple[Address, str, int], list[int]] = {}
        for number, service in enumerate(self.services):
            if service.single:
                found.setdefault(service.single, []).append(number)
        return found

    @cached_property
    def _wide(self) -> list[int]:
        return [number for number, service in enumerate(self.services) if not service.single]

    @cached_property
    def _hosts(self) -> set[Address]:
        return {address for address, _, _ in self._singles}

    def covering(self, address: str, scope: str, transport: str, port: int) -> list[int]:
        """Give the numbers of the services that cover an endpoint, the most specific first."""
        parsed = ip_address(address)
        wide = (
            number
            for number in self._wide
            if self.services[number].covers_port(transport, port)
            and self.services[number].covers_responder(parsed, scope)
        )
        found = [*self._singles.get((parsed, transport, port), ()), *wide]
        return sorted(found, key=lambda number: (self.services[number].breadth(), number))

    def knows_responder(self, address: str, scope: str) -> bool:
        """Say whether some service is expected of a responder, whatever its port."""
        parsed = ip_address(address)
        return parsed in self._hosts or any(
            self.services[number].covers_responder(parsed, scope) for number in self._wide
        )

    def of_port(self, transport: str, port: int) -> Iterator[Expected]:
        """Give the services of a port, whoever offers them."""
        return (service for service in self.services if service.covers_port(transport, port))
