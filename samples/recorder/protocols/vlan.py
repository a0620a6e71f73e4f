"""VLANs: VDE switches, which tag frames in user space and need nothing of the kernel but TAP ports."""

from typing import Final

from recorder.hosts import Host

TRUNK_PORT: Final = 1
"""A switch's own TAP port, the first that it makes."""


def trunk(closet: Host, switches: dict[str, dict[Host, tuple[int, str]]]) -> None:
    """Set up switches in a closet, joined by a bridge ``trunk`` that carries tagged frames.

    ``switches`` gives the hosts of each, with VLAN and IPv4 address (with its prefix length).
    """
    # the closet only carries frames; with addresses of its own it would add to them
    closet.sysctl(net__ipv6__conf__default__disable_ipv6=1)
    closet.run("ip", "link", "add", "trunk", "type", "bridge", "mcast_snooping", "0")
    closet.run("ip", "link", "set", "trunk", "up")
    for name, hosts in switches.items():
        rules: list[str] = []
        for vlan in sorted({vlan for vlan, _ in hosts.values()}):
            rules += [f"vlan/create {vlan}", f"vlan/addport {vlan} {TRUNK_PORT}"]
        for port, (vlan, _) in enumerate(hosts.values(), TRUNK_PORT + 1):
            rules += [f"port/create {port}", f"port/setvlan {port} {vlan}"]
        socket = closet.work / name
        rc = closet.file(f"{name}.rc", "\n".join(rules) + "\n")
        closet.start("sh", "-c", 'sleep infinity | exec "$@"', "sh", "vde_switch", "-s", socket, "-t", name, "-f", rc)
        _wait_for_port(closet, name)
        closet.run("ip", "link", "set", name, "master", "trunk", "up")
        for port, (host, (_, address)) in enumerate(hosts.items(), TRUNK_PORT + 1):
            host.start("vde_plug2tap", "-p", str(port), "-s", socket, "eth0")
            _wait_for_port(host, "eth0")
            octets = ":".join(f"{int(part):02x}" for part in address.partition("/")[0].split("."))
            host.run("ip", "link", "set", "eth0", "address", f"06:{port:02x}:{octets}", "up")
            host.run("ip", "address", "add", address, "dev", "eth0")
            host.v4 = address.partition("/")[0]


def _wait_for_port(host: Host, port: str) -> None:
    host.run("timeout", "5", "sh", "-c", 'until ip link show "$1"; do sleep 0.1; done', "sh", port)
