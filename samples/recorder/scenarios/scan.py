"""Port scans from outside over all three ranges, by TCP and UDP."""

from dataclasses import replace
from typing import Final

from recorder.capture import Recorded, capturing
from recorder.hosts import Lab
from recorder.network import build
from recorder.protocols import dns, firewall, ntp, ssh, web
from recorder.protocols import scan as nmap
from recorder.truth import Ledger, Service

TCP: Final = (
    *range(1, 129),
    *(389, 443, 445, 636, 993, 1023, 1024, 1433, 1883, 3306, 3389, 5432, 6379, 7420, 7720),
    *range(7195, 7221),
    *(8020, 8077, 8080, 8119, 8120),
    *range(8199, 8211),
    *(9020, 9105, 9120, 9121, 9200, 9201, 9202, 9319, 9320, 10020, 10321, 11720),
    *range(12000, 12013),
    *(32768, 40000, 49150, 49151, 49152, 49153, 49731, 55555, 60000, 65534, 65535),
)
UDP: Final = (7, 53, 67, 69, 111, 123, 137, 161, 500, 514, 1194, 1812, 1900, 4500, 5353, 7203, 8202, 8699, 9200)
UDP_HIGH: Final = (10020, 11202, 12009, 12010, 33434, 49151, 49152, 60000, 65535)
SILENT: Final = (135, 139, 445, 3389)
GUARDED: Final = (636, 1433, 3306, 5432)


def scan(lab: Lab) -> Recorded:
    """Record ``scan.pcap`` at a mirror port: one visitor scans one office host; nothing else happens."""
    net = build(lab)
    ledger = Ledger()
    target, scanner = net["infra"], net["visitor"]
    tcp = [*ssh.serve(target, 22, 7214).values(), *web.serve(target, 80, 8020, tls=(443, 9200, 49731)).values()]
    names, forwarder, clock = (
        dns.serve(target, lab.hosts.values()),
        dns.forward(target, 12010),
        ntp.serve(target, 123, 10020),
    )
    tcp += [names["tcp"], forwarder["tcp"]]
    closed = ", ".join(map(str, GUARDED))
    silent = ", ".join(map(str, SILENT))
    firewall.guard(
        target,
        "input",
        f"tcp dport {{ {closed} }} {firewall.REJECT}",
        f"tcp dport {{ {silent} }} {firewall.DROP}",
        f"udp dport {{ 137, 500 }} {firewall.DROP}",
        f"udp dport {{ 161, 1812 }} {firewall.REJECT}",
    )
    # a host tells of closed ports at most once a second, which a bounded scan cannot wait for
    target.sysctl(net__ipv4__icmp_ratelimit=0)

    def guarded(transport: str, *ports: int) -> dict[int, tuple[Service, str]]:
        note = "rejected by the host, with ICMP administratively prohibited"
        return {
            port: (Service(target, transport, port, "prohibited", "nftables", note), "prohibited") for port in ports
        }

    def dropped(transport: str, *ports: int) -> dict[int, tuple[Service, str]]:
        note = "dropped by the host"
        return {port: (Service(target, transport, port, "silent", "nftables", note), "no_answer") for port in ports}

    answers = {service.port: (service, "established") for service in tcp}
    # nmap has a question for ports 53 and 123; elsewhere it sends nothing that these servers would answer
    datagrams = {53: (names["udp"], "established"), 123: (clock[123], "established")}
    deaf = "asked nothing that the server would answer"
    datagrams |= {each.port: (replace(each, note=deaf), "no_answer") for each in (forwarder["udp"], clock[10020])}
    mirror = net.mirror("scan.pcapng")
    with capturing(lab.work, mirror):
        nmap.probe(
            ledger,
            scanner,
            target,
            "tcp",
            {*TCP, *SILENT, *GUARDED},
            answers | guarded("tcp", *GUARDED) | dropped("tcp", *SILENT),
        )
        nmap.probe(
            ledger,
            scanner,
            target,
            "udp",
            (*UDP, *UDP_HIGH),
            datagrams | guarded("udp", 161, 1812) | dropped("udp", 137, 500),
        )
    return Recorded({mirror.file: ledger.rows(mirror.file, net.mirrored)})
