"""PostgreSQL: the server, and psql."""

import shutil
from pathlib import Path
from typing import Final

from recorder.hosts import Arg, Host
from recorder.truth import Ledger, Service

BIN: Final = Path("/usr/lib/postgresql/15/bin")
AS_POSTGRES: Final = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--")
WORK: Final = (
    "create temp table rule (id int, action text); insert into rule values (1, 'accept'), (2, 'reject');"
    " select id, action from rule order by id; select id / 0 from rule where id > 2;"
)


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One instance a port, trusting whoever connects, without TLS."""
    for port in ports:
        data = host.folder(f"pg-{port}")
        shutil.chown(data, "postgres", "postgres")
        host.run(*AS_POSTGRES, BIN / "initdb", "-D", data, "-A", "trust", "-N", "--locale=C", "-E", "UTF8")
        with (data / "pg_hba.conf").open("a") as access:
            access.write("host all all all trust\n")
        host.start(*AS_POSTGRES, BIN / "postgres", "-D", data, "-p", str(port), "-h", "*", "-k", "", "-F")
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "postgresql", "postgresql-15") for port in ports}


def command(service: Service, sslmode: str) -> list[Arg]:
    """Build psql's command line; it reads statements from standard input."""
    where = f"host={service.addr} port={service.port} user=postgres sslmode={sslmode}"
    return ["psql", "-X", "-q", "-A", where, "-f", "-"]


def use(ledger: Ledger, client: Host, service: Service, sslmode: str = "prefer") -> None:
    """Run a few statements; with ``prefer`` psql asks for TLS first, and is told no."""
    client.run(*command(service, sslmode), stdin=WORK, expect="2|reject")
    ledger.note(client, service)
