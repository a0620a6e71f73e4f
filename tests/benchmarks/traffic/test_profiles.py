"""Tests of the messages: tshark reads each conversation as the protocol that it is meant to be."""

import subprocess
from collections import defaultdict
from typing import Any

import pytest

from benchmarks.traffic.profiles import background, profiles
from benchmarks.traffic.script import Kind, Profile, Script

EXPECTED = {
    "tls": "tls",
    "tls-inbound": "tls",
    "http": "http",
    "http-inside": "http",
    "h2c": "http2",
    "rtsp": "rtsp",
    "ssh": "ssh",
    "smtp": "smtp",
    "imap": "imap",
    "pop3": "pop",
    "ftp": "ftp",
    "irc": "irc",
    "rsync": "rsync",
    "git": "git",
    "mysql": "mysql",
    "postgresql": "pgsql",
    "redis": "resp",
    "memcached": "memcache",
    "mongodb": "mongo",
    "ms-sql": "tds",
    "mqtt": "mqtt",
    "amqp": "amqp",
    "kafka": "kafka",
    "smb": "smb2",
    "rdp": "rdp",
    "ldap": "ldap",
    "kerberos": "kerberos",
    "modbus": "modbus",
    "bittorrent": "bittorrent",
    "plain-tcp": "data",
    "dns-tcp": "dns",
    "dns": "dns",
    "dns-outside": "dns",
    "dns-large": "dns",
    "mdns": "mdns",
    "llmnr": "llmnr",
    "netbios-ns": "nbns",
    "ntp": "ntp",
    "quic": "quic",
    "snmp": "snmp",
    "syslog": "syslog",
    "radius": "radius",
    "dhcp": "dhcp",
    "ssdp": "ssdp",
    "netflow": "cflow",
    "sip": "sip",
    "rtp": "rtp",
    "stun": "stun",
    "coap": "coap",
    "wireguard": "wg",
    "openvpn": "openvpn",
    "dtls": "dtls",
    "ike": "isakmp",
    "bittorrent-dht": "bt-dht",
    "games": "data",
    "esp": "esp",
}
SETTINGS = (
    *("-o", "rtp.heuristic_rtp:TRUE"),
    *("-d", "tcp.port==50051,http2"),  # a port of nobody's
    *("-d", "tcp.port==27017,mongo"),  # tshark 4.0 takes it for TLS
)
SAMPLES = 8
"""Scripts of each profile."""
SPOKEN = [profile for profile in profiles(1) if profile.kind in (Kind.TCP, Kind.UDP)]


def conversation(profile: Profile, script: Script, client: str, server: str) -> list[Any]:
    """Put a script on the wire: with scapy, so that the generator's kernels have no part in it."""
    from scapy.layers.inet import IP, TCP, UDP
    from scapy.packet import Raw

    ends, port = (client, server), profile.ports[0] if profile.ports else 0
    ports = (profile.client_port or 40000, port)
    steps = script.opening + script.repeat + script.repeat + script.closing
    if profile.kind == Kind.UDP:
        frames = []
        for step in steps:
            packet = IP(src=ends[step.side], dst=ends[1 - step.side], proto=profile.proto)
            if profile.proto == 17:
                packet /= UDP(sport=ports[step.side], dport=ports[1 - step.side])
            frames.append(packet / Raw(step.data + bytes(range(256)) * (step.filler // 256) + bytes(step.filler % 256)))
        return frames
    following = [1000, 5000]

    def segment(side: int, flags: str, payload: bytes = b"") -> Any:
        packet = IP(src=ends[side], dst=ends[1 - side]) / TCP(
            sport=ports[side],
            dport=ports[1 - side],
            flags=flags,
            seq=following[side],
            ack=following[1 - side] if "A" in flags else 0,
        )
        following[side] += len(payload) + ("S" in flags)
        return packet / Raw(payload) if payload else packet

    frames = [segment(0, "S"), segment(1, "SA"), segment(0, "A")]
    for step in steps:
        data = step.data + bytes(step.filler)
        frames += [segment(step.side, "PA", data[at : at + 1400]) for at in range(0, len(data), 1400)]
    return frames


@pytest.fixture(scope="module")
def read_as(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The protocols that tshark sees in each profile's conversations."""
    from scapy.utils import wrpcap

    frames: list[Any] = []
    owners = {}
    for number, profile in enumerate(SPOKEN):
        for sample, script in enumerate(profile.scripts[:SAMPLES]):
            client = f"10.{number}.{sample}.1"
            owners[client] = profile.name
            frames += conversation(profile, script, client, f"10.{number}.{sample}.2")
    path = tmp_path_factory.mktemp("spoken") / "spoken.pcap"
    wrpcap(str(path), frames)
    command = ["tshark", "-n", "-r", str(path), *SETTINGS]
    command += ["-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-e", "frame.protocols", "-e", "_ws.malformed"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seen: dict[str, set[str]] = defaultdict(set)
    for line in told.splitlines():
        source, target, protocols, malformed = line.split("\t")
        name = owners.get(source) or owners[target]
        seen[name] |= set(protocols.split(":"))
        if malformed:
            seen[name].add("malformed")
    return seen


def test_every_profile_has_an_expectation() -> None:
    """No kind of traffic goes unchecked."""
    assert {profile.name for profile in SPOKEN} == set(EXPECTED)


@pytest.mark.parametrize("name", list(EXPECTED))
def test_tshark_reads_the_protocol_that_is_meant(name: str, read_as: dict[str, set[str]]) -> None:
    """Each profile is dissected as itself, and nothing in it is malformed."""
    assert EXPECTED[name] in read_as[name]
    assert "malformed" not in read_as[name]


def test_messages_vary_with_the_seed_and_only_with_it() -> None:
    """The same seed gives the same scripts."""
    assert profiles(3) == profiles(3)
    assert profiles(3) != profiles(4)
    assert background(3) == background(3)


FEW_WORDS = {"mdns", "ssdp", "esp", "rtp", "plain-tcp", "games", "rsync", "wireguard"}
"""Protocols with little to choose from, or whose content is random and added by the kernels."""


@pytest.mark.parametrize("profile", [each for each in SPOKEN if each.name not in FEW_WORDS], ids=lambda each: each.name)
def test_scripts_of_a_profile_differ(profile: Profile) -> None:
    """Labels and content vary from flow to flow."""
    distinct = {script.opening + script.repeat for script in profile.scripts}
    assert len(distinct) > 0.7 * len(profile.scripts)
