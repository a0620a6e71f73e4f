"""ICMP echo: ping. It has no ports, and so no row in the truth table."""

from recorder.hosts import Host


def use(client: Host, address: str, size: int = 56) -> None:
    """Three echo requests with ``size`` octets of data."""
    client.run("ping", "-n", "-c", "3", "-i", "0.2", "-s", str(size), address)
