"""One wire, several networks: VLANs on a trunk, and a VXLAN tunnel between two sites."""

from dataclasses import replace
from typing import Final

from recorder.capture import Point, Recorded, capturing
from recorder.hosts import Lab
from recorder.network import build
from recorder.protocols import icmp, redis, ssh, vlan, vxlan, web
from recorder.truth import Ledger

SERVER: Final = "10.0.10.1"
CLIENT: Final = "10.0.10.2"


def vlans(lab: Lab) -> Recorded:
    """Record ``vlan.pcap`` on a trunk: VLANs 10 and 20 have the same addresses, and other servers at them."""
    ledger = Ledger()
    closet = lab.host("closet")
    clients = {number: lab.host(f"client{number}") for number in (10, 20)}
    servers = {number: lab.host(f"server{number}") for number in (10, 20)}
    vlan.trunk(
        closet,
        {
            "floor1": {host: (number, f"{CLIENT}/24") for number, host in clients.items()},
            "floor2": {host: (number, f"{SERVER}/24") for number, host in servers.items()},
        },
    )
    page = web.serve(servers[10], 8020)[8020]
    shell = ssh.serve(servers[20], 8020)[8020]
    cache = redis.serve(servers[20], 8077)[8077]
    nobody = replace(cache, vlan="10", protocol="closed", package="", note="nothing listens in this VLAN")

    point = Point("vlan.pcap", closet, "trunk")
    with capturing(lab.work, point):
        icmp.use(clients[10], SERVER)
        for _ in range(2):
            web.use(ledger, clients[10], replace(page, vlan="10"), "/rules.json")
        ssh.use(ledger, clients[20], replace(shell, vlan="20"))
        redis.use(ledger, clients[20], replace(cache, vlan="20"))
        web.fail(ledger, clients[10], nobody, "refused")
    return Recorded({point.file: ledger.rows(point.file)})


def tunnel(lab: Lab) -> Recorded:
    """Record ``vxlan.pcapng`` at one of two sites: servers inside the tunnel, and one beside it."""
    net = build(lab)
    ledger = Ledger()
    here, there = net["visitor"], net["partner"]
    name = vxlan.tunnel(here, there, 42, ("10.42.0.1", "10.42.0.2"))
    inner_here, inner_there = replace(here, v4="10.42.0.1"), replace(there, v4="10.42.0.2")
    page = web.serve(there, 80, 8020)
    shell = ssh.serve(there, 7214)[7214]

    point = Point("vxlan.pcapng", here)
    with capturing(lab.work, point):
        icmp.use(inner_here, inner_there.v4)
        web.use(ledger, here, page[80])
        web.use(ledger, inner_here, replace(page[8020], host=inner_there, tunnel=name), "/rules.json")
        ssh.use(ledger, inner_here, replace(shell, host=inner_there, tunnel=name))
    vxlan.note(ledger, here, there)
    return Recorded({point.file: ledger.rows(point.file)})
