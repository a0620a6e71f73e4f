"""What happens in each capture."""

from collections.abc import Callable
from pathlib import Path

from recorder import clients, servers
from recorder.capture import Point, capturing, publish
from recorder.network import Network
from recorder.truth import Contact, Ledger, Service

Recorded = tuple[set[str], list[dict[str, str]]]
"""Names of the captures, and their rows of the truth table."""

OFFICE_FIREWALL = """
table inet office {
    chain input {
        type filter hook input priority 0;
        ip saddr 198.51.100.0/24 tcp dport 22 reject with icmpx admin-prohibited
        tcp dport 3389 drop
    }
}
"""
ROUTER_FIREWALL = """
table inet router {
    chain forward {
        type filter hook forward priority 0;
        iifname "lan" tcp dport 25 reject with icmpx admin-prohibited
    }
}
"""


def on_lan(net: Network) -> Callable[[Contact], bool]:
    """What a mirror of the office's bridge sees: all contacts with an end in the office."""
    outside = {address for name in ("visitor", "partner", "cloud") for address in net[name].addresses}
    return lambda contact: not {contact.initiator, contact.service.addr} <= outside


def at(point: Point) -> Callable[[Contact], bool]:
    """What a host's own interface sees."""
    return lambda contact: bool({contact.initiator, contact.service.addr} & point.host.addresses)


def office(net: Network, into: Path) -> Recorded:
    """A working day in small: web, shells, databases, names, time and messages, on usual and on foreign ports."""
    ledger = Ledger()
    web = servers.web(net["web"], http=(80, 8020), https=(443, 9200))
    files = servers.web(net["files"], https=(49731,))
    cloud = servers.web(net["cloud"], http=(80,), https=(443,))
    shell = servers.ssh(net["bastion"], 22, 7214, 443)
    cache = servers.redis(net["db"], 8077)
    database = servers.postgresql(net["db"], 5432, 8207)
    broker = servers.mqtt(net["broker"], 1883)
    named = {name: net[name] for name in ("web", "files", "bastion", "db", "broker", "cloud")}
    names = servers.name_server(net["infra"], named | {"www": net["web"]})
    forwarder = servers.name_cache(net["infra"], 12010)
    clock = servers.ntp(net["infra"], 123, 10020)
    servers.firewall(net["files"], OFFICE_FIREWALL)
    servers.firewall(net.router, ROUTER_FIREWALL)
    desk1, desk2, visitor, partner = net["desk1"], net["desk2"], net["visitor"], net["partner"]

    everything = Point("office.pcapng", net.router, "lan")
    server_side = Point("office-web-server.pcap", net["web"])
    client_side = Point("office-desk1.pcap", desk1, nanoseconds=True)
    with capturing(net.lab.work, everything, server_side, client_side):
        clients.ping(desk1, net["web"].v4)
        clients.dig(ledger, desk1, names["udp"], "web.example.org", "A", expect="10.0.4.22")
        clients.dig(ledger, desk2, names["udp"], "example.org", "MX", expect="mail.example.org")
        clients.dig(ledger, desk2, names["udp"], "nowhere.example.org", expect="NXDOMAIN")
        clients.dig(ledger, desk2, names["tcp"], "example.org", "AXFR", expect="bastion.example.org")
        clients.dig(ledger, partner, names["udp"], "www.example.org", expect="10.0.4.22")
        clients.dig(ledger, desk1, forwarder["udp"], "files.example.org", expect="10.0.4.30")
        clients.dig(ledger, desk2, forwarder["udp"], "cloud.example.org", expect="198.51.100.80")
        clients.dig(ledger, desk2, forwarder["tcp"], "db.example.org", expect="10.0.4.9")
        for port in (123, 10020):
            clients.ask_time(ledger, desk1, clock[port])
        clients.ask_time(ledger, net["web"], clock[123])

        clients.browse_by_name(ledger, desk1, web[80], names["udp"], "www")
        clients.browse_by_name(ledger, desk2, web[443], names["udp"], "www")
        clients.browse_by_name(ledger, desk2, cloud[443], names["udp"], "cloud")
        clients.browse(ledger, desk1, web[80], "/report.txt")
        clients.browse(ledger, visitor, web[80], "/report.txt")
        clients.browse(ledger, desk1, web[8020], "/rules.json")
        clients.browse(ledger, partner, web[8020])
        clients.browse(ledger, desk1, web[443], "/report.txt")
        clients.browse(ledger, visitor, web[443], options=("--http1.1", "--tls-max", "1.2"))
        clients.browse(ledger, desk1, web[9200], "/rules.json")
        clients.browse(ledger, desk2, web[9200], options=("--tls-max", "1.2"))
        clients.browse(ledger, desk1, cloud[80], name="cloud")
        for client in (desk1, desk2, net["web"]):
            clients.browse(ledger, client, files[49731], "/rules.json", name="files")

        clients.ssh(ledger, desk1, shell[22], "hostname; uptime", "bastion")
        clients.ssh(ledger, desk2, shell[7214], f"cat {net.lab.work}/web-www/report.txt", "allow deny")
        clients.ssh(ledger, visitor, shell[7214], "hostname; id", "bastion")
        clients.ssh(ledger, desk1, shell[443], "hostname", "bastion")

        clients.redis(
            ledger, net["web"], cache, "PING", "SET session:17 alice", "GET session:17", "INCR hits", "INFO stats"
        )
        clients.redis(ledger, desk2, cache, "LPUSH queue one two three", "LRANGE queue 0 -1", "DBSIZE")
        for port, sslmode in ((5432, "prefer"), (8207, "disable"), (8207, "prefer")):
            clients.sql(
                ledger, net["web"] if sslmode == "prefer" else desk2, database[port],
                "create temp table rule (id int, action text); insert into rule values (1, 'accept'), (2, 'reject');"
                " select id, action from rule order by id; select id / 0 from rule where false;",
                "reject", sslmode,
            )  # fmt: skip
        clients.mqtt(ledger, desk1, net["web"], broker, ["link up", "policy reloaded", "link down"])

        nothing = "nothing listens"
        clients.refused(ledger, desk2, Service(net["web"], "tcp", 8081, "closed", note=nothing), "refused")
        clients.dig_refused(
            ledger, desk1, Service(net["web"], "udp", 5354, "closed", note=nothing), "refused"
        )
        guarded = Service(
            net["files"], "tcp", 22, "prohibited", "nftables", "rejected by the host's own firewall"
        )
        clients.refused(ledger, partner, guarded, "prohibited")
        mail_out = Service(
            net["cloud"], "tcp", 25, "prohibited", "nftables", "rejected by the office's router"
        )
        clients.refused(ledger, desk2, mail_out, "prohibited")
        dropped = Service(
            net["files"], "tcp", 3389, "silent", "nftables", "dropped by the host's own firewall"
        )
        clients.refused(ledger, visitor, dropped, "no_answer")

    points = (everything, server_side, client_side)
    publish(net.lab.work, into, *points)
    rows = ledger.rows(everything.file, on_lan(net))
    for point in (server_side, client_side):
        rows += ledger.rows(point.file, at(point))
    return {point.file for point in points}, rows


ALL: dict[str, Callable[[Network, Path], Recorded]] = {"office": office}
"""Every scenario by name, in the order of recording."""
