"""The mix: which kinds of traffic there are, how often, between whom."""

from collections.abc import Callable
from ipaddress import IPv4Address
from random import Random
from typing import Any, Final

from benchmarks.traffic import (
    databases,
    dns,
    infrastructure,
    messaging,
    peer,
    quic,
    ssh,
    text,
    tls,
    voice,
    vpn,
    web,
    windows,
)
from benchmarks.traffic.script import Kind, Profile, Script

ESP: Final = 50
ICMP: Final = 1
UDP: Final = 17
NOBODY: Final = (Script(()),)
"""The script of those who say nothing of their own: echoes, scans."""


def group(four: str, six: int) -> tuple[bytes, bytes]:
    """A multicast group: an IPv4 address, and ff02::`six`."""
    return IPv4Address(four).packed, bytes.fromhex("ff02") + six.to_bytes(14, "big")


def profiles(seed: int) -> tuple[Profile, ...]:
    """Make every kind of traffic, with messages drawn from `seed`."""
    random = Random(seed)

    def tcp(
        name: str, weight: float, write: Callable[[Random], Script], count: int, *ports: int, **more: Any
    ) -> Profile:
        scripts = tuple(write(random) for _ in range(count))
        return Profile(name, weight, scripts, ports, **{"sized": any(script.repeat for script in scripts), **more})

    def udp(
        name: str, weight: float, write: Callable[[Random], Script], count: int, *ports: int, **more: Any
    ) -> Profile:
        return tcp(name, weight, write, count, *ports, kind=Kind.UDP, proto=UDP, **more)

    out = {"external": 0.9, "servers": 4000, "silent": 0.01, "refused": 0.01}
    both = {"external": 0.4, "inbound": 0.3, "servers": 40, "refused": 0.02}
    within = {"servers": 12, "refused": 0.02, "silent": 0.01}
    # well-known ports, then ports of other services, of nobody, and of the dynamic range: 7214 is unassigned,
    # 8077 and 12010/udp are reserved, 9200 and 8020 belong to other services (IANA, 2026)
    return (
        tcp("tls", 27, tls.conversation, 400, 443, 8443, 9200, 4433, 49731, **out),
        tcp("tls-inbound", 3, tls.conversation, 40, 443, inbound=1.0, servers=6),
        tcp("http", 5, web.conversation, 300, 80, 8080, 8020, 3000, 49800, **out),
        tcp("http-inside", 3, web.conversation, 80, 8080, 80, 9090, 8020, 15000, **within),
        tcp("h2c", 0.6, web.h2c, 40, 50051, **within),
        tcp("rtsp", 0.2, web.rtsp, 20, 554, 8554, **within),
        tcp("ssh", 1, ssh.conversation, 60, 22, 2222, 7214, **both),
        tcp("smtp", 0.8, text.smtp, 80, 25, 587, 2525, **both),
        tcp("imap", 0.5, text.imap, 40, 143, **within),
        tcp("pop3", 0.2, text.pop3, 20, 110, **within),
        tcp("ftp", 0.3, text.ftp, 40, 21, 2121, **both),
        tcp("irc", 0.1, text.irc, 20, 6667, **out),
        tcp("rsync", 0.2, text.rsync, 12, 873, **within),
        tcp("git", 0.2, text.git, 20, 9418, **out),
        tcp("mysql", 1, databases.mysql, 80, 3306, 33071, **within),
        tcp("postgresql", 1, databases.postgresql, 80, 5432, 8207, **within),
        tcp("redis", 1.2, databases.redis, 80, 6379, 8077, **within),
        tcp("memcached", 0.6, databases.memcached, 60, 11211, **within),
        tcp("mongodb", 0.5, databases.mongodb, 60, 27017, **within),
        tcp("ms-sql", 0.4, databases.tds, 40, 1433, **within),
        tcp("mqtt", 0.5, messaging.mqtt, 60, 1883, **within),
        tcp("amqp", 0.3, messaging.amqp, 30, 5672, **within),
        tcp("kafka", 0.4, messaging.kafka, 40, 9092, **within),
        tcp("smb", 1, windows.smb, 30, 445, **within),
        tcp("rdp", 0.5, windows.rdp, 40, 3389, 33890, **both),
        tcp("ldap", 0.8, windows.ldap, 40, 389, **within),
        tcp("kerberos", 0.8, windows.kerberos, 60, 88, **within),
        tcp("modbus", 0.2, infrastructure.modbus, 20, 502, **within),
        tcp("bittorrent", 0.6, peer.bittorrent, 30, 6881, 51413, 28901, external=1.0, servers=3000, refused=0.2),
        tcp("plain-tcp", 1.5, peer.plain, 60, 9999, 7001, 8077, 20480, 38470, 55123, elsewhere=0.8, **within),
        tcp("dns-tcp", 0.4, dns.over_tcp, 40, 53, **within),
        udp("dns", 30, dns.conversation, 600, 53, servers=3, silent=0.03, refused=0.002),
        udp("dns-outside", 2, dns.conversation, 200, 53, 12010, external=1.0, servers=300, silent=0.04),
        udp("dns-large", 0.1, dns.large, 20, 53, external=1.0, servers=60),
        udp("mdns", 0.5, dns.mdns, 30, 5353, client_port=5353, group=group("224.0.0.251", 0xFB)),
        udp("llmnr", 0.3, dns.llmnr, 30, 5355, group=group("224.0.0.252", 0x10003)),
        udp("netbios-ns", 0.3, dns.netbios, 30, 137, client_port=137, group=group("255.255.255.255", 1), ipv6=0.0),
        udp("ntp", 2.5, infrastructure.ntp, 80, 123, 10020, client_port=123, external=0.6, servers=30, silent=0.02),
        udp("quic", 7, quic.conversation, 400, 443, 8443, 784, **out),
        udp("snmp", 1, infrastructure.snmp, 40, 161, silent=0.1, servers=60),
        udp("syslog", 0.6, infrastructure.syslog, 60, 514, silent=1.0),
        udp("radius", 0.4, infrastructure.radius, 40, 1812, **within),
        udp("dhcp", 0.5, infrastructure.dhcp, 30, 67, client_port=68, servers=2, ipv6=0.0),
        udp("ssdp", 0.3, infrastructure.ssdp, 30, 1900, group=group("239.255.255.250", 0xC)),
        udp("netflow", 0.1, infrastructure.netflow, 10, 2055, 9995, silent=1.0, servers=2, ipv6=0.0),
        udp("sip", 0.3, voice.sip, 30, 5060, client_port=5060, ipv6=0.0, **within),
        udp("rtp", 0.5, voice.rtp, 40, 16384, 24576, 31002, 40040, elsewhere=0.7, servers=20),
        udp("stun", 0.5, voice.stun, 40, 3478, external=1.0, servers=20),
        udp("coap", 0.2, voice.coap, 30, 5683, **within),
        udp("wireguard", 0.3, vpn.wireguard, 20, 51820, 41194, **both),
        udp("openvpn", 0.2, vpn.openvpn, 20, 1194, **both),
        udp("dtls", 0.2, vpn.dtls, 20, 4433, external=1.0, servers=10),
        udp("ike", 0.2, vpn.ike, 20, 500, client_port=500, **both),
        udp("bittorrent-dht", 1, peer.dht, 60, 6881, 51413, 28901, external=1.0, servers=6000, silent=0.5),
        udp("games", 0.3, peer.game, 30, 27015, 28960, 61000, elsewhere=0.5, external=1.0, servers=30),
        tcp("esp", 0.05, vpn.esp, 10, kind=Kind.UDP, proto=ESP, ipv6=0.0, **both),
        Profile("ping", 2, NOBODY, kind=Kind.ECHO, proto=ICMP, external=0.3, servers=60, silent=0.15),
        Profile("scan", 0.04, NOBODY, kind=Kind.SCAN, inbound=0.7, servers=30, ipv6=0.0),
    )


def background(seed: int) -> tuple[Profile, ...]:
    """Make what has no flows and lasts as long as the capture: ARP, spanning tree, LLDP."""
    random = Random(seed)
    return (
        Profile("arp", 0, (infrastructure.arp_talk(random),), kind=Kind.FRAME),
        Profile("bridge", 0, (infrastructure.bridge_talk(random),), kind=Kind.FRAME),
    )
