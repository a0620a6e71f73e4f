"""STUN: coturn's server and client."""

from recorder.hosts import Host
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One server a port, for STUN alone."""
    for port in ports:
        host.start(
            *("turnserver", "-n", "--stun-only", "--no-tls", "--no-dtls", "--no-cli", "--listening-ip", host.v4),
            *("--listening-port", str(port), "--log-file", "stdout", "--pidfile", f"/run/turnserver-{port}.pid"),
            *("--userdb", f"/run/turn-{port}.db"),
        )
    host.wait_for("udp", *ports)
    return {port: Service(host, "udp", port, "stun", "coturn") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Ask for one's own address."""
    client.run("turnutils_stunclient", "-p", str(service.port), service.addr, expect=client.v4)
    ledger.note(client, service, flows=None)
