"""Git's own protocol: git daemon and git."""

from recorder.hosts import Host
from recorder.material import DOMAIN, text
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One daemon a port, exporting one small repository."""
    base = host.folder("git")
    who = ("-c", "user.name=Desk", "-c", f"user.email=desk@{DOMAIN}", "-c", "init.defaultBranch=main")
    host.run("git", *who, "init", "-q", base / "rules")
    (base / "rules" / "rules.txt").write_text(text(2_000))
    host.run("git", "-C", base / "rules", "add", "rules.txt")
    host.run("git", "-C", base / "rules", *who, "commit", "-q", "-m", "First rules")
    for port in ports:
        host.start("git", "daemon", "--export-all", "--reuseaddr", f"--port={port}", f"--base-path={base}", base)
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "git", "git") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Clone the repository."""
    client.run("git", "clone", f"git://{service.addr_port}/rules", f"/run/rules-{service.port}")
    ledger.note(client, service)
