"""MySQL's protocol: MariaDB's server and client."""

from recorder.hosts import Host
from recorder.truth import Ledger, Service


def serve(host: Host, port: int, extra: int) -> dict[int, Service]:
    """One MariaDB on both ports, without passwords."""
    data = host.folder("mysql")
    host.run("mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root", "--skip-test-db")
    host.start(
        *("mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", "--socket=/run/mysqld.sock"),
        *(f"--port={port}", f"--extra-port={extra}", "--extra-max-connections=5", "--bind-address=*"),
        *("--skip-grant-tables", "--skip-networking=0", "--skip-name-resolve", "--pid-file=/run/mysqld.pid"),
    )
    host.wait_for("tcp", port, extra)
    return {each: Service(host, "tcp", each, "mysql", "mariadb-server-core") for each in (port, extra)}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Run a few statements."""
    statements = "select 'accept' as action union select 'reject'; show databases;"
    where = ("--protocol=tcp", "-h", service.addr, "-P", str(service.port), "-u", "office")
    client.run("mariadb", "--no-defaults", *where, "-e", statements, expect="reject")
    ledger.note(client, service)
