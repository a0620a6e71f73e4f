"""VXLAN: the kernel's own (RFC 7348), point to point."""

from ipaddress import ip_address
from typing import Final

from recorder.hosts import NO_OFFLOAD, Host
from recorder.truth import Ledger, Service

PORT: Final = 4789


def tunnel(one: Host, other: Host, vni: int, inner: tuple[str, str]) -> str:
    """Join two hosts by a tunnel with inner addresses of their own; its name as the truth table writes it."""
    for host, far, address in ((one, other, inner[0]), (other, one, inner[1])):
        octets = ":".join(f"{int(part):02x}" for part in address.split("."))
        ends = ("local", host.v4, "remote", far.v4, "dstport", str(PORT), "dev", "eth0")
        host.run("ip", "link", "add", "vx0", "address", f"02:00:{octets}", "type", "vxlan", "id", str(vni), *ends)
        for setting in NO_OFFLOAD:
            host.run("ethtool", "-K", "vx0", *setting)
        host.run("ip", "link", "set", "vx0", "up")
        host.run("ip", "address", "add", f"{address}/24", "dev", "vx0")
    low, high = sorted((one.v4, other.v4), key=ip_address)
    return f"vxlan:{vni}({low}<>{high})"


def note(ledger: Ledger, one: Host, other: Host) -> None:
    """Note the outer flows: each goes one way, from a port that stands for the inner flow to the other's 4789."""
    for client, host in ((one, other), (other, one)):
        outer = Service(host, "udp", PORT, "vxlan", note="the kernel; each outer flow goes one way")
        ledger.note(client, outer, outcome="no_answer", flows=None, payload="initiator")
