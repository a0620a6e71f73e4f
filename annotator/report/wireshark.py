"""Display filters for Wireshark and tshark that pick out the packets behind a row.

Field names are those of Wireshark's display filter reference. A filter also shows the ICMP errors that quote a
packet of the flows, for Wireshark dissects the quotation: they are counted in the ICMP flows of their own.
"""

from typing import Final

_PORTS: Final = {"tcp": "tcp", "udp": "udp", "udplite": "udp", "sctp": "sctp", "dccp": "dccp"}
"""The protocol whose port fields Wireshark fills for a transport; UDP-Lite shares those of UDP."""

_PORTLESS: Final = {"icmp": "icmp", "icmp6": "icmpv6"}


def port_filter(transport: str, protocol: int, port: int | None) -> str:
    """Pick out everything on a responders' port: ``tcp.port == 443``; also where it is an initiator's by chance.

    `protocol` is the IP protocol's number: what has no ports is found by it.
    """
    if port is None:
        return _PORTLESS.get(transport) or f"(ip.proto == {protocol} || ipv6.nxt == {protocol})"
    return f"{_only(transport)}{_PORTS[transport]}.port == {port}"


def endpoint_filter(address: str, transport: str, protocol: int, port: int | None) -> str:
    """Pick out what is sent to an endpoint and what it sends, and not the same port at the other end."""
    ip = _ip(address)
    if port is None:
        return f"{ip}.addr == {address} && {port_filter(transport, protocol, port)}"
    fields = _PORTS[transport]
    sides = (
        f"({ip}.dst == {address} && {fields}.dstport == {port}) || "
        f"({ip}.src == {address} && {fields}.srcport == {port})"
    )
    only = _only(transport)
    return f"{only}({sides})" if only else sides


def flow_filter(
    transport: str,
    protocol: int,
    initiator: str,
    initiator_port: int | None,
    responder: str,
    responder_port: int | None,
) -> str:
    """Pick out one flow, and others between the same two ends on the same ports."""
    ip = _ip(responder)
    both = f"{ip}.addr == {initiator} && {ip}.addr == {responder}"
    if initiator_port is None or responder_port is None:
        return f"{both} && {port_filter(transport, protocol, None)}"
    fields = _PORTS[transport]
    return f"{_only(transport)}{both} && {fields}.port == {initiator_port} && {fields}.port == {responder_port}"


def _ip(address: str) -> str:
    return "ipv6" if ":" in address else "ip"


def _only(transport: str) -> str:
    """Tell UDP-Lite from UDP."""
    return "udplite && " if transport == "udplite" else ""
