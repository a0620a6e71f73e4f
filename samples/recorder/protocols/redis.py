"""Redis: the server, and redis-cli."""

from recorder.hosts import Host, RecordingError
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One instance a port, without persistence."""
    for port in ports:
        options = ("--bind", "* -::*", "--protected-mode", "no", "--save", "", "--dir", "/run")
        host.start("redis-server", "--port", str(port), *options)
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "redis", "redis-server") for port in ports}


def use(ledger: Ledger, client: Host, service: Service, *commands: str) -> None:
    """Send each command over a connection of its own (redis-cli's prompt would fetch 180 kB of help first)."""
    for words in commands or ("PING", "SET session:17 alice", "GET session:17", "INFO stats"):
        cli = ("redis-cli", "-e", "-h", service.addr, "-p", str(service.port))
        if not client.run(*cli, *words.split()).strip():
            raise RecordingError(f"redis-cli {words}: no reply")
        ledger.note(client, service)
