"""Port names of a filter: what the registry says."""

from collections.abc import Sequence
from typing import Final

from annotator.errors import RegistryError, UsageError
from annotator.filter.names import PortsNamed
from annotator.registry import Registry
from annotator.registry.lookup import NameQuery, lookup
from annotator.registry.ranges import TRANSPORTS

MOST_PORTS: Final = 256
"""Ports that one name may stand for; libpcap compiles a comparison for each."""


def registered_ports(registry: Registry) -> PortsNamed:
    """Give the function that knows the port numbers of `registry` by name."""

    def ports_named(name: str, transport: str) -> Sequence[int]:
        try:
            answers = lookup(registry, NameQuery(name, (transport,) if transport else TRANSPORTS))
        except RegistryError:
            return ()
        spans = {answer.ports for answer in answers if answer.ports and _carries(answer.service_names, name)}
        ports = sorted({port for first, last in spans for port in range(first, min(last, first + MOST_PORTS) + 1)})
        if len(ports) > MOST_PORTS:
            raise UsageError(f"-f: {name!r} is the name of more than {MOST_PORTS} ports; give a portrange")
        return ports

    return ports_named


def _carries(names: Sequence[str], wanted: str) -> bool:
    return any(name.casefold() == wanted.casefold() for name in names)
