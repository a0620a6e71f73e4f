"""A working day in small: web, shells, databases, names, time and messages, on usual and on foreign ports."""

from recorder.capture import Point, Recorded, capturing
from recorder.hosts import Lab
from recorder.network import build, seen_at
from recorder.protocols import dns, firewall, icmp, mqtt, ntp, postgresql, redis, ssh, web
from recorder.truth import Ledger, Service


def office(lab: Lab) -> Recorded:
    """Record ``office.pcapng`` at a mirror port, and at the same time the web server's and one desk's own view."""
    net = build(lab, nameserver="10.0.4.53")
    ledger = Ledger()
    pages = web.serve(net["web"], 80, 8020, tls=(443, 9200))
    files = web.serve(net["files"], tls=(49731,))[49731]
    cloud = web.serve(net["cloud"], 80, tls=(443,))
    shell = ssh.serve(net["bastion"], 22, 7214, 443)
    cache = redis.serve(net["db"], 8077)[8077]
    database = postgresql.serve(net["db"], 5432, 8207)
    broker = mqtt.serve(net["broker"], 1883)[1883]
    names = dns.serve(net["infra"], lab.hosts.values())
    forwarder = dns.forward(net["infra"], 12010)
    clock = ntp.serve(net["infra"], 123, 10020)
    firewall.guard(
        net["files"],
        "input",
        f"ip saddr 198.51.100.0/24 tcp dport 22 {firewall.REJECT}",
        f"tcp dport 3389 {firewall.DROP}",
    )
    firewall.guard(net.router, "forward", f'iifname "lan" tcp dport 25 {firewall.REJECT}')
    desk1, desk2, visitor, partner = net["desk1"], net["desk2"], net["visitor"], net["partner"]

    mirror = net.mirror("office.pcapng")
    server_side = Point("office-web-server.pcap", net["web"])
    client_side = Point("office-desk1.pcap", desk1, nanoseconds=True)
    with capturing(lab.work, mirror, server_side, client_side):
        icmp.use(desk1, net["web"].v4)
        dns.use(ledger, desk1, names["udp"], "web.example.org", "A", expect="10.0.4.22")
        dns.use(ledger, desk2, names["udp"], "example.org", "MX", expect="mail.example.org")
        dns.use(ledger, desk2, names["udp"], "nowhere.example.org", expect="NXDOMAIN")
        dns.use(ledger, desk2, names["tcp"], "example.org", "AXFR", expect="bastion.example.org")
        dns.use(ledger, partner, names["udp"], "www.example.org", expect="10.0.4.22")
        dns.use(ledger, desk1, forwarder["udp"], "files.example.org", expect="10.0.4.30")
        dns.use(ledger, desk2, forwarder["udp"], "cloud.example.org", expect="198.51.100.80")
        dns.use(ledger, desk2, forwarder["tcp"], "db.example.org", expect="10.0.4.9")
        for client, port in ((desk1, 123), (desk1, 10020), (net["web"], 123)):
            ntp.use(ledger, client, clock[port])

        web.use_by_name(ledger, desk1, pages[80], names["udp"], "www")
        web.use_by_name(ledger, desk2, pages[443], names["udp"], "www")
        web.use_by_name(ledger, desk2, cloud[443], names["udp"], "cloud")
        web.use(ledger, desk1, pages[80], "/report.txt")
        web.use(ledger, visitor, pages[80], "/report.txt")
        web.use(ledger, desk1, pages[8020], "/rules.json")
        web.use(ledger, partner, pages[8020])
        web.use(ledger, desk1, pages[443], "/report.txt")
        web.use(ledger, visitor, pages[443], options=("--http1.1", "--tls-max", "1.2"))
        web.use(ledger, desk1, pages[9200], "/rules.json")
        web.use(ledger, desk2, pages[9200], options=("--tls-max", "1.2"))
        web.use(ledger, desk1, cloud[80], name="cloud")
        for client in (desk1, desk2, net["web"]):
            web.use(ledger, client, files, "/rules.json", name="files")

        ssh.use(ledger, desk1, shell[22])
        ssh.use(ledger, desk2, shell[7214], f"cat {lab.work}/web-www/report.txt", "allow deny")
        ssh.use(ledger, visitor, shell[7214])
        ssh.use(ledger, desk1, shell[443])

        redis.use(ledger, net["web"], cache)
        redis.use(ledger, desk2, cache, "LPUSH queue one two three", "LRANGE queue 0 -1", "DBSIZE")
        postgresql.use(ledger, net["web"], database[5432])
        postgresql.use(ledger, desk2, database[8207], "disable")
        postgresql.use(ledger, net["web"], database[8207])
        mqtt.use(ledger, net["web"], broker, subscriber=desk1)

        nothing = "nothing listens"
        web.fail(ledger, desk2, Service(net["web"], "tcp", 8081, "closed", note=nothing), "refused")
        dns.fail(ledger, desk1, Service(net["web"], "udp", 5354, "closed", note=nothing), "refused")
        rejected = "rejected by the {}, with ICMP administratively prohibited"
        for client, host, port, by in ((partner, "files", 22, "host"), (desk2, "cloud", 25, "office's router")):
            guarded = Service(net[host], "tcp", port, "prohibited", "nftables", rejected.format(by))
            web.fail(ledger, client, guarded, "prohibited")
        dropped = Service(net["files"], "tcp", 3389, "silent", "nftables", "dropped by the host")
        web.fail(ledger, visitor, dropped, "no_answer")

    return Recorded(
        {
            mirror.file: ledger.rows(mirror.file, net.mirrored),
            server_side.file: ledger.rows(server_side.file, seen_at(net["web"])),
            client_side.file: ledger.rows(client_side.file, seen_at(desk1)),
        }
    )
