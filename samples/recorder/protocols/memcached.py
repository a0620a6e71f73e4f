"""Memcached: the server, and libmemcached's tools."""

from recorder.hosts import Host
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One instance a port, over TCP only."""
    for port in ports:
        host.start("memcached", "-u", "root", "-p", str(port), "-U", "0", "-m", "8")
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "memcached", "memcached") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Store a value by the text protocol and read it by the binary one, a connection each."""
    servers = f"--servers={service.addr}:{service.port}"
    path = client.work / "rules"
    path.write_text("accept established\n")
    client.run("memccp", servers, path)
    client.run("memccat", servers, "--binary", "rules", expect="accept established")
    path.unlink()
    ledger.note(client, service, flows=2)
