"""The recorded network: an office behind a router, and hosts elsewhere.

========  =====================================  ========================================
where     IPv4                                   IPv6
========  =====================================  ========================================
office    10.0.4.0/24 (private)                  fd00:4::/64 (unique local)
outside   203.0.113.0/24, 198.51.100.0/24        2001:db8:113::/64 (all documentation)
========  =====================================  ========================================
"""

from dataclasses import dataclass

from recorder.hosts import Host, Lab

OFFICE = {
    # name: last part of the addresses; 10.0.4.N and fd00:4::N (written in decimal digits)
    "db": 9,
    "bastion": 17,
    "web": 22,
    "files": 30,
    "broker": 31,
    "infra": 53,
    "desk1": 101,
    "desk2": 102,
}
OUTSIDE = {"visitor": "203.0.113.9", "partner": "198.51.100.23", "cloud": "198.51.100.80"}
DOMAIN = "example.org"


@dataclass
class Network:
    """The hosts by name, and the router between them."""

    lab: Lab
    router: Host

    def __getitem__(self, name: str) -> Host:
        return self.lab.hosts[name]


def build(lab: Lab) -> Network:
    """Create the router, its two bridges (``lan``, ``wan``) and every host, wired and addressed."""
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
        host = lab.host(name, nameserver="10.0.4.53")
        host.v4, host.v6 = f"10.0.4.{number}", f"fd00:4::{number}"
        _attach(lab, host, router, "lan", "10.0.4.1", "fd00:4::1")
    for name, address in OUTSIDE.items():
        host = lab.host(name)
        host.v4, host.v6 = address, f"2001:db8:113::{address.rpartition('.')[2]}"
        gateway = address.rpartition(".")[0] + ".1"
        _attach(lab, host, router, "wan", gateway, "2001:db8:113::1")
    return Network(lab, router)


def _attach(lab: Lab, host: Host, router: Host, bridge: str, gateway: str, gateway6: str) -> None:
    octets = [int(part) for part in host.v4.split(".")]
    mac = ":".join(f"{octet:02x}" for octet in octets)
    lab.link(host, "eth0", f"02:00:{mac}", router, host.name, f"02:01:{mac}")
    router.run("ip", "link", "set", host.name, "master", bridge)
    host.run("ip", "address", "add", f"{host.v4}/24", "dev", "eth0")
    host.run("ip", "address", "add", f"{host.v6}/64", "dev", "eth0", "nodad")
    host.run("ip", "route", "add", "default", "via", gateway)
    host.run("ip", "route", "add", "default", "via", gateway6)
