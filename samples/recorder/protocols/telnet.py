"""Telnet: inetutils' server, which socat listens for, and its client."""

from recorder.hosts import Host
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """Clear-text shells without a password."""
    for port in ports:
        host.start("socat", f"TCP6-LISTEN:{port},fork,reuseaddr", "EXEC:/usr/sbin/telnetd -h -E /bin/sh,nofork")
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "telnet", "inetutils-telnetd") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Type a command and leave."""
    typing = "sleep 1; echo hostname; sleep 1; echo exit; sleep 1"
    client.run(
        "sh",
        "-c",
        f"({typing}) | inetutils-telnet {service.addr} {service.port}",
        status=(0, 1),
        expect=service.host.name,
    )
    ledger.note(client, service)
