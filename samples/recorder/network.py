"""The recorded network: an office behind a router, and hosts elsewhere.

========  =====================================  ========================================
where     IPv4                                   IPv6
========  =====================================  ========================================
office    10.0.4.0/24 (private)                  fd00:4::/64 (unique local)
outside   203.0.113.0/24, 198.51.100.0/24        2001:db8:113::/64 (all documentation)
========  =====================================  ========================================
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from recorder.capture import Point
from recorder.hosts import Host, Lab
from recorder.truth import Contact

OFFICE: Final = {
    "db": 9,
    "bastion": 17,
    "web": 22,
    "mail": 25,
    "files": 30,
    "broker": 31,
    "infra": 53,
    "desk1": 101,
    "desk2": 102,
}
"""Name: last part of the addresses, 10.0.4.N and fd00:4::N."""
OUTSIDE: Final = {"visitor": "203.0.113.9", "partner": "198.51.100.23", "cloud": "198.51.100.80"}


@dataclass
class Network:
    """The hosts by name, and the router between them."""

    lab: Lab
    router: Host

    def __getitem__(self, name: str) -> Host:
        """Find a host by its name."""
        return self.lab.hosts[name]

    def mirror(self, file: str) -> Point:
        """Capture what the office's switch carries, as a mirror port would."""
        return Point(file, self.router, "lan")

    def mirrored(self, contact: Contact) -> bool:
        """Say whether the mirror port sees a contact: any with an end in the office."""
        outside: set[str] = set().union(*(self[name].addresses for name in OUTSIDE))
        return not {contact.initiator, contact.service.addr} <= outside


def seen_at(host: Host) -> Callable[[Contact], bool]:
    """Give the test of what a host's own interface sees."""
    return lambda contact: bool({contact.initiator, contact.service.addr} & host.addresses)


def build(lab: Lab, *, nameserver: str = "") -> Network:
    """Create the router, its two bridges (``lan``, ``wan``) and every host, wired and addressed.

    The office's hosts look names up at ``nameserver``; without one, nothing that they run looks up any.
    """
    router = lab.host("router")
    router.sysctl(net__ipv4__ip_forward=1, net__ipv6__conf__all__forwarding=1)
    for bridge, mac in (("lan", "02:00:0a:00:04:01"), ("wan", "02:00:cb:00:71:01")):
        router.run("ip", "link", "add", bridge, "address", mac, "type", "bridge", "mcast_snooping", "0")
        router.run("ip", "link", "set", bridge, "up")
    for address in ("10.0.4.1/24", "fd00:4::1/64"):
        router.run("ip", "address", "add", address, "dev", "lan")
    for address in ("203.0.113.1/24", "198.51.100.1/24", "2001:db8:113::1/64"):
        router.run("ip", "address", "add", address, "dev", "wan")
    for name, number in OFFICE.items():
        host = lab.host(name, nameserver=nameserver)
        host.v4, host.v6 = f"10.0.4.{number}", f"fd00:4::{number}"
        _join(lab, host, router, "lan")
    for name, address in OUTSIDE.items():
        host = lab.host(name)
        host.v4, host.v6 = address, f"2001:db8:113::{address.rpartition('.')[2]}"
        _join(lab, host, router, "wan")
    return Network(lab, router)


def plug(lab: Lab, host: Host, router: Host, bridge: str, number: str) -> None:
    """Wire a host's ``eth0`` to one of the router's bridges; its MAC is made of ``number``, an IPv4 address."""
    octets = ":".join(f"{int(part):02x}" for part in number.split("."))
    lab.link((host, "eth0", f"02:00:{octets}"), (router, host.name, f"02:01:{octets}"))
    router.run("ip", "link", "set", host.name, "master", bridge)


def _join(lab: Lab, host: Host, router: Host, bridge: str) -> None:
    plug(lab, host, router, bridge, host.v4)
    gateways = (host.v4.rpartition(".")[0] + ".1", host.v6.rpartition(":")[0] + ":1")
    host.run("ip", "address", "add", f"{host.v4}/24", "dev", "eth0")
    host.run("ip", "address", "add", f"{host.v6}/64", "dev", "eth0", "nodad")
    for gateway in gateways:
        host.run("ip", "route", "add", "default", "via", gateway)
