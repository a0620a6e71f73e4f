"""The same kinds of servers over IPv6, asked from the office and from outside, and datagrams in fragments."""

from recorder.capture import Point, Recorded, capturing
from recorder.hosts import Lab
from recorder.network import Network, build, seen_at
from recorder.protocols import dns, firewall, icmp, mqtt, ntp, postgresql, redis, ssh, web
from recorder.truth import Ledger, Service


def ipv6(lab: Lab) -> Recorded:
    """Record ``ipv6.pcapng`` at a mirror port, then ``fragments.pcap`` (IPv4 and IPv6) at the name server."""
    net = build(lab)
    names = {each: service.on_v6() for each, service in dns.serve(net["infra"], lab.hosts.values()).items()}
    services = _everything(net, lab, names)
    return Recorded(services | _fragments(net, lab))


def _everything(net: Network, lab: Lab, names: dict[str, Service]) -> dict[str, list[dict[str, str]]]:
    ledger = Ledger()
    pages = web.serve(net["web"], 80, 8020, tls=(443, 9200))
    shell = ssh.serve(net["bastion"], 22, 7214)
    cache = redis.serve(net["db"], 8077)[8077].on_v6()
    database = postgresql.serve(net["db"], 8207)[8207].on_v6()
    broker = mqtt.serve(net["broker"], 1883)[1883].on_v6()
    forwarder = dns.forward(net["infra"], 12010)["udp"].on_v6()
    clock = ntp.serve(net["infra"], 123, 10020)
    cloud = web.serve(net["cloud"], tls=(443,))[443].on_v6()
    firewall.guard(net["files"], "input", f"tcp dport 22 {firewall.REJECT}", f"tcp dport 3389 {firewall.DROP}")
    desk, visitor = net["desk1"], net["visitor"]

    mirror = net.mirror("ipv6.pcapng")
    with capturing(lab.work, mirror):
        icmp.use(desk, net["web"].v6)
        dns.use(ledger, desk, names["udp"], "web.example.org", "AAAA", expect="fd00:4::22")
        dns.use(ledger, desk, names["tcp"], "example.org", "AXFR", expect="fd00:4::17")
        dns.use(ledger, visitor, forwarder, "web.example.org", "AAAA", expect="fd00:4::22")
        for port in (123, 10020):
            ntp.use(ledger, desk, clock[port].on_v6())
        for port, client in ((80, desk), (80, visitor), (8020, desk), (443, visitor), (9200, desk)):
            web.use(ledger, client, pages[port].on_v6(), "/rules.json")
        web.use(ledger, desk, cloud, name="cloud")
        for port, client in ((22, desk), (7214, visitor)):
            ssh.use(ledger, client, shell[port].on_v6())
        redis.use(ledger, desk, cache)
        postgresql.use(ledger, desk, database)
        mqtt.use(ledger, net["web"], broker, subscriber=desk)
        nothing = "nothing listens"
        web.fail(ledger, desk, Service(net["web"], "tcp", 8081, "closed", note=nothing).on_v6(), "refused")
        dns.fail(ledger, desk, Service(net["web"], "udp", 5354, "closed", note=nothing).on_v6(), "refused")
        rejected = "rejected by the host, with ICMPv6 administratively prohibited"
        guarded = Service(net["files"], "tcp", 22, "prohibited", "nftables", rejected).on_v6()
        web.fail(ledger, visitor, guarded, "prohibited")
        dropped = Service(net["files"], "tcp", 3389, "silent", "nftables", "dropped by the host").on_v6()
        web.fail(ledger, visitor, dropped, "no_answer")
    return {mirror.file: ledger.rows(mirror.file, net.mirrored)}


def _fragments(net: Network, lab: Lab) -> dict[str, list[dict[str, str]]]:
    """Answers and echoes of more than one frame, cut by the senders."""
    ledger = Ledger()
    infra, desk = net["infra"], net["desk1"]
    point = Point("fragments.pcap", infra)
    big = "the answer comes in fragments"
    with capturing(lab.work, point):
        for service in (
            Service(infra, "udp", 53, "dns", "bind9", big),
            Service(infra, "udp", 53, "dns", "bind9", big, infra.v6),
        ):
            dns.use(ledger, desk, service, dns.LONG_ANSWER, "TXT", "+bufsize=4096", "+ignore", expect='"8 allow')
            icmp.use(desk, service.addr, size=3200)
    return {point.file: ledger.rows(point.file, seen_at(infra))}
