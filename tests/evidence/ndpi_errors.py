"""Flows whose nDPI label their bytes show to be wrong: left out of the score, each with those bytes.

The bytes are looked up in the capture, so that no flow can be excused by a mere claim.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class NdpiError:
    """One label that is wrong."""

    capture: str
    flow: str
    """The answer's ``id``."""
    reason: str
    shown_by: bytes
    """Bytes of the flow's payload, found in the capture as they stand."""


BINARY: Final = "not XMPP, which is XML: frames of a type byte and a length of 16 bits, 0x25 and 69 bytes first"
UPGRADED: Final = "HTTP only in its opening; both sides switch to WebSocket, and that is what follows"

NDPI_ERRORS: tuple[NdpiError, ...] = (
    NdpiError("ndpi/jabber.pcap", "6", BINARY, bytes.fromhex("25004514 04b00884 a766bc33")),
    NdpiError("ndpi/jabber.pcap", "7", BINARY, bytes.fromhex("25004514 04d6b967 5e9a1b22")),
    NdpiError("ndpi/jabber.pcap", "8", BINARY, bytes.fromhex("25004514 048e48ce 4065d824")),
    NdpiError("ndpi/jabber.pcap", "9", BINARY, bytes.fromhex("25004514 04118ab5 816e165f")),
    NdpiError("ndpi/jabber.pcap", "10", BINARY, bytes.fromhex("25004514 04be247f 2c0bf960")),
    NdpiError("ndpi/cloudflare-warp.pcap", "5", BINARY, bytes.fromhex("25004514 04ffc1ab 37d8a949")),
    NdpiError(
        "ndpi/soap.pcap",
        "2",
        "no HTTP in it, and no SOAP envelope: both sides begin with an XML document of their own",
        b'<?xml version="1.0" encoding="UTF-8"?>\r\n<ZMessage target="ZBBP.1.Resol',
    ),
    NdpiError("ndpi/false_positives.pcapng", "5", UPGRADED, b"Upgrade: websocket\r\n"),
    NdpiError("ndpi/tls_heur__vmess-websocket.pcapng", "2", UPGRADED, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade"),
    NdpiError(
        "ndpi/netbios_wildcard_dns_query.pcap",
        "1",
        "NetBIOS name service: the question's name is in first-level encoding (RFC 1001 section 14.1), its type NBSTAT",
        b"\x20CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0\0\x21\0\1",
    ),
)


@cache
def shown_wrong(shared: Path) -> frozenset[tuple[str, str]]:
    """Give (capture, flow) of the labels that are wrong; raises AssertionError where the bytes are not there."""
    for error in NDPI_ERRORS:
        assert error.shown_by in (shared / "captures" / error.capture).read_bytes(), error
    return frozenset((error.capture, error.flow) for error in NDPI_ERRORS)
