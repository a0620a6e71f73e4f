"""rsync: its daemon and its client."""

from recorder.hosts import Host
from recorder.material import text
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One daemon a port, with one read-only module."""
    root = host.folder("rsync")
    (root / "report.txt").write_text(text(3_000))
    config = host.file("rsyncd.conf", f"use chroot = no\nuid = root\ngid = root\n[pub]\npath = {root}\n")
    for port in ports:
        host.start("rsync", "--daemon", "--no-detach", f"--config={config}", f"--port={port}")
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "rsync", "rsync") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Fetch the module."""
    client.run("rsync", "-rv", f"rsync://{service.addr_port}/pub/", f"/run/rsync-{service.port}", expect="report.txt")
    ledger.note(client, service)
