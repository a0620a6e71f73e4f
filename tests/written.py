"""Small captures, written packet by packet."""

from pathlib import Path
from typing import Any

from scapy.layers.inet import IP, UDP

from tests.capture.writing import pcap_header, pcap_record
from tests.decode.decoding import ether


def write(path: Path, *records: tuple[int, Any]) -> str:
    """Write packets (second, frame) as pcap."""
    made = b"".join(pcap_record("<", bytes(frame), seconds=second) for second, frame in records)
    path.write_bytes(pcap_header("<") + made)
    return str(path)


def udp(sport: int = 40000, dport: int = 7214, src: str = "10.0.0.1", dst: str = "10.0.0.2", data: bytes = b"x") -> Any:
    """A datagram."""
    return ether() / IP(src=src, dst=dst) / UDP(sport=sport, dport=dport) / data
