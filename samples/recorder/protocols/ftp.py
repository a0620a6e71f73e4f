"""FTP: vsftpd and curl. Its data connections are flows of their own, announced on the control connection."""

from dataclasses import replace
from typing import Final

from recorder.hosts import Host
from recorder.material import text
from recorder.protocols.web import CURL
from recorder.truth import Ledger, Service

PASSIVE_PORTS: Final = {21: 49800, 8210: 49801}
"""By the control connection's port."""
ACTIVE_PORT: Final = 49900
"""Where the client listens for the server's data connection."""
RAW: Final = "a file's bytes and nothing else"


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One vsftpd a port of :data:`PASSIVE_PORTS`, read-only, for anonymous users."""
    root = host.folder("ftp")
    (root / "report.txt").write_text(text(4_000))
    (root / "rules.txt").write_text(text(1_000))
    for port in ports:
        config = host.file(
            f"vsftpd-{port}.conf",
            "listen=NO\nlisten_ipv6=YES\nanonymous_enable=YES\nno_anon_password=YES\nbackground=NO\n"
            f"listen_port={port}\nanon_root={root}\nsecure_chroot_dir=/run/vsftpd/empty\nconnect_from_port_20=YES\n"
            f"pasv_min_port={PASSIVE_PORTS[port]}\npasv_max_port={PASSIVE_PORTS[port]}\nxferlog_enable=NO\nisolate_network=NO\n"
            "seccomp_sandbox=NO\n",
        )
        host.start("vsftpd", config)
    host.wait_for("tcp", *ports)
    return {port: Service(host, "tcp", port, "ftp", "vsftpd") for port in ports}


def use(ledger: Ledger, client: Host, service: Service, *, extended: bool = True) -> None:
    """Fetch a file in passive mode, by EPSV or by PASV."""
    how = () if extended else ("--disable-epsv",)
    client.run(*CURL, *how, f"ftp://{service.addr_port}/report.txt", expect="allow deny")
    ledger.note(client, service)
    data = replace(service, port=PASSIVE_PORTS[service.port], protocol="raw", note=f"passive data connection: {RAW}")
    ledger.note(client, data, payload="responder", related_to=service.endpoint)


def use_actively(ledger: Ledger, client: Host, service: Service) -> None:
    """Fetch a file in active mode: the server opens the data connection, so the client is its responder."""
    client.run(
        *CURL, "--ftp-port", f"{client.v4}:{ACTIVE_PORT}", "--disable-eprt", f"ftp://{service.addr_port}/rules.txt",
        expect="allow deny",
    )  # fmt: skip
    ledger.note(client, service)
    data = Service(client, "tcp", ACTIVE_PORT, "raw", "curl", f"active data connection: {RAW}")
    ledger.note(service.host, data, payload="initiator", related_to=service.endpoint)
