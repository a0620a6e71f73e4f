"""DTLS 1.2: OpenSSL as server and client, one line said."""

from recorder.hosts import Host
from recorder.material import DOMAIN
from recorder.truth import Ledger, Service


def serve(host: Host, *ports: int) -> dict[int, Service]:
    """One server a port."""
    keys = host.work / "keys"
    for port in ports:
        cert = ("-cert", keys / "server.crt", "-key", keys / "server.key")
        server = ("openssl", "s_server", "-dtls1_2", "-quiet", *cert, "-accept", f"{host.v4}:{port}")
        host.start("sh", "-c", 'sleep infinity | "$@"', "sh", *server)  # it ends when its input does
    host.wait_for("udp", *ports)
    return {port: Service(host, "udp", port, "dtls", "openssl") for port in ports}


def use(ledger: Ledger, client: Host, service: Service) -> None:
    """Shake hands, check the certificate, and say a line that the server prints."""
    trust = ("-CAfile", client.work / "keys" / "ca.crt", "-verify_return_error", "-servername", f"files.{DOMAIN}")
    talk = ("openssl", "s_client", "-dtls1_2", *trust, "-connect", service.addr_port)
    line = f"rule for port {service.port}"
    printed = 'until grep -q "$1" "$2"; do sleep 0.1; done'
    typing = f'(sleep 0.5; echo "{line}"; sleep 0.5) | "$@"'
    client.run("sh", "-c", typing, "sh", *talk, expect="Verify return code: 0 (ok)")
    service.host.run("timeout", "5", "sh", "-c", printed, "sh", line, service.host.log)
    ledger.note(client, service)
